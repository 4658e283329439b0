#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QDeadlineTimer>
#include <QFile>

#include <atomic>
#include <future>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

/// A reader and a segment whose lifetimes do not match: the segment is not ready yet, has been replaced, or
/// changes its size meanwhile.
class TestLifetimes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void B2_segmentThatGetsItsBytesWithinASecondIsLoaded_data();
    void B2_segmentThatGetsItsBytesWithinASecondIsLoaded();
    void B2_segmentThatStaysEmptyIsRefusedInWords_data();
    void B2_segmentThatStaysEmptyIsRefusedInWords();
    void B5_theNextLoadGetsTheRestartedSendersPicture_data();
    void B5_theNextLoadGetsTheRestartedSendersPicture();
    void B6_segmentCutUnderItsReaderIsSaidAndLoadedAgain_data();
    void B6_segmentCutUnderItsReaderIsSaidAndLoadedAgain();
    void B6_segmentCutAtAnyInstantOfALoadIsNoCrash_data();
    void B6_segmentCutAtAnyInstantOfALoadIsNoCrash();
    void B7_theNextLoadFollowsSizeAndProtocol_data() { addSchemes(); }
    void B7_theNextLoadFollowsSizeAndProtocol();
    void B7_theNextLoadFollowsAWriterThatStaysInItsFile_data();
    void B7_theNextLoadFollowsAWriterThatStaysInItsFile();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    static void addFileSchemes();

    Traces m_traces;
};

namespace {

/// A file at an address, created in steps as by other programs. Removed with this object.
class ForeignFile
{
public:
    explicit ForeignFile(const QString& address)
        : m_path(filesOf(address).first())
        , m_fd(::open(qPrintable(m_path), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600))
        , m_opens(::inotify_init1(IN_CLOEXEC))
    {
        ::inotify_add_watch(m_opens, qPrintable(m_path), IN_OPEN);
    }
    ForeignFile(const ForeignFile&) = delete;
    ForeignFile& operator=(const ForeignFile&) = delete;
    ~ForeignFile()
    {
        ::close(m_opens);
        ::close(m_fd);
        ::unlink(qPrintable(m_path));
    }

    [[nodiscard]] bool resize(qint64 bytes) const { return ::ftruncate(m_fd, bytes) == 0; }
    [[nodiscard]] bool write(const QByteArray& bytes, qint64 offset = 0) const
    {
        return ::pwrite(m_fd, bytes.constData(), static_cast<std::size_t>(bytes.size()), offset) ==
               bytes.size();
    }

    /// Waits until somebody has opened the file since the last call.
    [[nodiscard]] bool isOpened() const
    {
        pollfd opens = {m_opens, POLLIN, 0};
        std::array<char, 4096> events = {};
        return ::poll(&opens, 1, 20000) == 1 && ::read(m_opens, events.data(), events.size()) > 0;
    }

private:
    QString m_path;
    int m_fd;
    int m_opens;
};

QByteArray encoded(ProtocolId id, const QImage& image)
{
    const auto encoding = codecFor(id).encode(image, {});
    QByteArray bytes(encoding->bytes, '\0');
    encoding->write(std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(bytes.size()))));
    return bytes;
}

std::optional<ProtocolId> protocolNamed(const QString& name)
{
    return name.isEmpty() ? std::nullopt : std::optional(*parseProtocol(name));
}

/// The name of the protocol; empty if it is to be detected.
void addAskedProtocols()
{
    QTest::addColumn<QString>("asked");
    QTest::newRow("detected") << QString();
    QTest::newRow("asked for") << QStringLiteral("datastream");
}

const auto madeShorter = QStringLiteral("truncated while it was being read. Load it again.");

bool isSentence(const Error& error)
{
    return error.text.size() > 20 && error.text.endsWith(QLatin1Char('.'));
}

} // namespace

#define VERIFY_LOADS(address, wanted)                                                                        \
    do {                                                                                                     \
        const auto loadedNow = load(address);                                                                \
        EXPECT_SUCCESS(loadedNow);                                                                           \
        QVERIFY2(samePixels(loadedNow->image, wanted), qPrintable(difference(loadedNow->image, wanted)));    \
    } while (false)

void TestLifetimes::addFileSchemes()
{
    addSchemes({QStringLiteral("posix"), QStringLiteral("file")});
}

void TestLifetimes::B2_segmentThatGetsItsBytesWithinASecondIsLoaded_data()
{
    addAskedProtocols();
}

/// Acts like a writer that creates the name, then the space, then the picture, and the type last.
void TestLifetimes::B2_segmentThatGetsItsBytesWithinASecondIsLoaded()
{
    QFETCH(QString, asked);
    constexpr qsizetype start = 16;
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const QImage image = picture(QStringLiteral("odd"));
    const QByteArray bytes = encoded(ProtocolId::Datastream, image);
    const ForeignFile file(address);
    auto loading = std::async(std::launch::async, [&] {
        return loadPicture({parsed(address), protocolNamed(asked), {}, {}});
    });
    QVERIFY(file.isOpened());
    QVERIFY(file.resize(bytes.size()));
    QVERIFY(file.isOpened());
    QVERIFY(file.write(bytes.sliced(start), start));
    QVERIFY(file.isOpened());
    QVERIFY(file.write(bytes.first(start)));
    const auto loaded = loading.get();
    EXPECT_SUCCESS(loaded);
    QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
}

void TestLifetimes::B2_segmentThatStaysEmptyIsRefusedInWords_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QString>("asked");
    QTest::addColumn<int>("size");
    const auto row = [](const char* name, const char* scheme, const char* asked, int size) {
        QTest::newRow(name) << QString::fromLatin1(scheme) << QString::fromLatin1(asked) << size;
    };
    row("posix, without a size", "posix", "", 0);
    row("posix, one zero", "posix", "", 1);
    row("posix, zeros", "posix", "", 100000);
    row("posix, without a size, a protocol asked for", "posix", "datastream", 0);
    row("posix, zeros, a protocol asked for", "posix", "png", 100000);
    row("file, without a size", "file", "", 0);
}

void TestLifetimes::B2_segmentThatStaysEmptyIsRefusedInWords()
{
    QFETCH(QString, scheme);
    QFETCH(QString, asked);
    QFETCH(int, size);
    const QString address = m_traces.newAddress(scheme);
    const ForeignFile file(address);
    QVERIFY(file.resize(size));
    auto loading = std::async(std::launch::async, [&] {
        return loadPicture({parsed(address), protocolNamed(asked), {}, {}});
    });
    QVERIFY(file.isOpened());
    QVERIFY2(file.isOpened(), "it was looked at once only");
    const auto refused = loading.get();
    EXPECT_FAILURE(refused, ErrorCode::BadData);
    QVERIFY2(isSentence(refused.error()), qPrintable(described(refused)));
}

void TestLifetimes::B5_theNextLoadGetsTheRestartedSendersPicture_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<bool>("killed");
    for (const char* scheme : {"posix", "file", "qt", "systemv"}) {
        QTest::addRow("%s, ended", scheme) << QString::fromLatin1(scheme) << false;
        QTest::addRow("%s, killed", scheme) << QString::fromLatin1(scheme) << true;
    }
}

void TestLifetimes::B5_theNextLoadGetsTheRestartedSendersPicture()
{
    QFETCH(QString, scheme);
    QFETCH(bool, killed);
    const QString address = m_traces.newAddress(scheme);
    const QImage before = photo(60, 40);
    const QImage after = photo(70, 30);
    PeerProcess first(channelPeer(),
                      {QStringLiteral("share"), address, QStringLiteral("datastream"), fileOf(before)});
    m_traces.watch(first);
    QVERIFY2(first.readLine().startsWith(QLatin1String("shared")), qPrintable(first.standardError()));
    const auto held = openSegment(parsed(address), {.withoutLock = true});
    EXPECT_SUCCESS(held);
    if (killed) {
        first.kill();
    } else {
        first.writeLine(QStringLiteral("end"));
        QCOMPARE(first.exitCode(), 0);
    }
    PeerProcess second(channelPeer(),
                       {QStringLiteral("share"), address, QStringLiteral("datastream"), fileOf(after)});
    m_traces.watch(second);
    const QString shared = second.readLine();
    QVERIFY2(shared.startsWith(QLatin1String("shared")), qPrintable(shared));
    VERIFY_LOADS(address, after);
    // A reader that holds the old segment sees the old picture.
    const auto old = codecFor(ProtocolId::Datastream).decode(**held, {});
    EXPECT_SUCCESS(old);
    QVERIFY2(samePixels(old->image, before), qPrintable(difference(old->image, before)));
    second.writeLine(QStringLiteral("end"));
    QCOMPARE(second.exitCode(), 0);
}

void TestLifetimes::B6_segmentCutUnderItsReaderIsSaidAndLoadedAgain_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<int>("size");
    for (const char* scheme : {"posix", "file"}) {
        for (const int size : {0, 1, 4, 12, 4095, 4096, 4097, 20000}) {
            QTest::addRow("%s, to %d bytes", scheme, size) << QString::fromLatin1(scheme) << size;
        }
    }
}

void TestLifetimes::B6_segmentCutUnderItsReaderIsSaidAndLoadedAgain()
{
    QFETCH(QString, scheme);
    QFETCH(int, size);
    const QString address = m_traces.newAddress(scheme);
    const QImage image = photo(100, 75);
    for (const ProtocolId id : {ProtocolId::Datastream, ProtocolId::Rawsize}) {
        Publisher publisher;
        EXPECT_SUCCESS(share(publisher, address, image, id));
        const auto held = openSegment(parsed(address));
        EXPECT_SUCCESS(held);
        QVERIFY((*held)->size() > size);
        QCOMPARE(::truncate(qPrintable(filesOf(address).first()), size), 0);
        QByteArray read((*held)->size(), 0);
        const auto cut = (*held)->read(0, std::as_writable_bytes(std::span(read.data(), read.size())));
        EXPECT_FAILURE(cut, ErrorCode::BadData);
        EXPECT_CONTAINS(cut.error().text, madeShorter);
        EXPECT_FAILURE(codecFor(id).decode(**held, {}), ErrorCode::BadData);
        const auto anew = load(address);
        EXPECT_FAILURE(anew, ErrorCode::BadData);
        QVERIFY2(isSentence(anew.error()), qPrintable(described(anew)));
        EXPECT_SUCCESS(share(publisher, address, image, id));
        VERIFY_LOADS(address, image);
    }
}

void TestLifetimes::B6_segmentCutAtAnyInstantOfALoadIsNoCrash_data()
{
    QTest::addColumn<QString>("protocol");
    for (const ProtocolId id : selfDescribingProtocols()) {
        QTest::newRow(qPrintable(protocolName(id))) << protocolName(id);
    }
}

void TestLifetimes::B6_segmentCutAtAnyInstantOfALoadIsNoCrash()
{
    QFETCH(QString, protocol);
    const ProtocolId id = *parseProtocol(protocol);
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const QByteArray bytes = encoded(id, photo(100, 80));
    const ForeignFile file(address);
    std::atomic<bool> stop = false;
    std::atomic<bool> failed = false;
    std::thread writing([&] {
        for (int round = 0; !stop && !failed; ++round) {
            constexpr std::array sizes = {12, 4095, 0, 4096, 1000};
            failed =
                !file.write(bytes) || !file.resize(sizes.at(static_cast<std::size_t>(round) % sizes.size()));
        }
    });
    int loaded = 0;
    int cut = 0;
    QString unexpected;
    const QDeadlineTimer deadline(20000);
    while (unexpected.isEmpty() && !deadline.hasExpired() && (loaded < 3 || cut < 3)) {
        const auto picture = load(address);
        if (picture) {
            ++loaded;
        } else if (picture.error().text.contains(madeShorter)) {
            ++cut;
        } else if (picture.error().code != ErrorCode::BadData || !isSentence(picture.error())) {
            unexpected = described(picture);
        }
    }
    stop = true;
    writing.join();
    QVERIFY(!failed);
    QCOMPARE(unexpected, QString());
    QVERIFY2(loaded > 0 && cut > 0, qPrintable(QStringLiteral("%1 loaded, %2 cut").arg(loaded).arg(cut)));
    QVERIFY(file.write(bytes));
    EXPECT_SUCCESS(load(address));
}

void TestLifetimes::B7_theNextLoadFollowsSizeAndProtocol()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    Publisher publisher;
    const auto shareAndLoad = [&](const QImage& image, ProtocolId id) {
        EXPECT_SUCCESS(share(publisher, address, image, id));
        const auto loaded = load(address);
        EXPECT_SUCCESS(loaded);
        QCOMPARE(protocolName(loaded->protocol), protocolName(id));
        QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
    };
    for (const ProtocolId id :
         {ProtocolId::Datastream, ProtocolId::Bmp, ProtocolId::Rawsize, ProtocolId::Npy, ProtocolId::Png}) {
        shareAndLoad(photo(60, 40), id);
        shareAndLoad(photo(600, 400), id); // grows
        shareAndLoad(photo(40, 60), id);   // shrinks, and becomes portrait
    }
}

void TestLifetimes::B7_theNextLoadFollowsAWriterThatStaysInItsFile_data()
{
    addFileSchemes();
}

/// The writer enlarges its file in place and overwrites it. Programs that have it open still see the old
/// size.
void TestLifetimes::B7_theNextLoadFollowsAWriterThatStaysInItsFile()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const ForeignFile file(address);
    const QImage small = photo(60, 40);
    QVERIFY(file.write(encoded(ProtocolId::Rawsize, small)));
    VERIFY_LOADS(address, small);
    const auto held = openSegment(parsed(address));
    EXPECT_SUCCESS(held);
    const qint64 before = (*held)->size();

    const QImage large = photo(300, 200);
    const QByteArray bytes = encoded(ProtocolId::Bmp, large);
    QVERIFY(file.resize(bytes.size()));
    QVERIFY(file.write(bytes));
    VERIFY_LOADS(address, large);
    QCOMPARE((*held)->size(), before);
    const auto mixed = codecFor(ProtocolId::Bmp).decode(**held, {});
    EXPECT_FAILURE(mixed, ErrorCode::BadData);
    EXPECT_FAILURE(codecFor(ProtocolId::Rawsize).decode(**held, {}), ErrorCode::BadData);

    QVERIFY(file.resize(0));
    QVERIFY(file.write(encoded(ProtocolId::Datastream, small)));
    VERIFY_LOADS(address, small);
}

int tst_lifetimes(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLifetimes>(argc, argv);
}

#include "tst_lifetimes.moc"
