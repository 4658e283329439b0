#include "tests/support/expect.h"
#include "tests/support/filememory.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <atomic>
#include <thread>

#include <fcntl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

class TestSegment : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bytesAreReadBack_data() { addSchemes(); }
    void bytesAreReadBack();
    void everyShareHasExactlyItsSize_data() { addSchemes(); }
    void everyShareHasExactlyItsSize();
    void memoryOfPartsIsReservedWhenTheyAreNeeded_data()
    {
        addSchemes({QStringLiteral("posix"), QStringLiteral("file")});
    }
    void memoryOfPartsIsReservedWhenTheyAreNeeded();
    void aWholeSegmentAfterOneInPartsHasAllItsMemory_data()
    {
        addSchemes({QStringLiteral("posix"), QStringLiteral("file")});
    }
    void aWholeSegmentAfterOneInPartsHasAllItsMemory();
    void missingKeyIsNotFound_data() { addSchemes(); }
    void missingKeyIsNotFound();
    void readingOutsideIsBadData_data() { addSchemes(); }
    void readingOutsideIsBadData();
    void isRemovedWithItsWriter_data() { addSchemes(); }
    void isRemovedWithItsWriter();
    void staysWhenKeptAndIsTakenOverLater_data() { addSchemes(); }
    void staysWhenKeptAndIsTakenOverLater();
    void readerOutlivesTheWriter_data() { addSchemes(); }
    void readerOutlivesTheWriter();
    void secondLivingWriterIsRefusedAndToldWho_data() { addSchemes(); }
    void secondLivingWriterIsRefusedAndToldWho();
    void foreignSegmentIsReplacedOnlyOnRequest_data()
    {
        addSchemes({QStringLiteral("posix"), QStringLiteral("file")});
    }
    void foreignSegmentIsReplacedOnlyOnRequest();
    void isSharedAgainWhenSomebodyRemovedIt_data() { addSchemes(); }
    void isSharedAgainWhenSomebodyRemovedIt();
    void memoryThatLostItsKeyFileIsNoObstacle();
    void isSharedAgainWhenSomebodyTruncatedIt_data()
    {
        addSchemes({QStringLiteral("posix"), QStringLiteral("file")});
    }
    void isSharedAgainWhenSomebodyTruncatedIt();
    void B6_truncationWhileCopyingIsNoCrash_data()
    {
        addSchemes({QStringLiteral("posix"), QStringLiteral("file")});
    }
    void B6_truncationWhileCopyingIsNoCrash();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    Traces m_traces;
};

namespace {

std::unique_ptr<SegmentWriter> writerFor(const QString& address, Existing existing = Existing::Respect)
{
    return makeSegmentWriter(parsed(address), existing).value();
}

bool makeFile(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

} // namespace

void TestSegment::bytesAreReadBack()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto writer = writerFor(address);
    const QByteArray bytes = pattern(300001);
    EXPECT_SUCCESS(write(*writer, bytes));
    const auto read = contents(address);
    EXPECT_SUCCESS(read);
    QVERIFY(*read == bytes);
    auto source = openSegment(parsed(address));
    EXPECT_SUCCESS(source);
    QByteArray part(777, 0);
    EXPECT_SUCCESS((*source)->read(12345, std::as_writable_bytes(std::span(part.data(), part.size()))));
    QCOMPARE(part, bytes.mid(12345, 777));
}

void TestSegment::everyShareHasExactlyItsSize()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto writer = writerFor(address);
    uint seed = 0;
    for (const qsizetype size : {4096, 4096, 4096, 4097, 1, 1, 100000, 99999, 100000, 4096}) {
        const QByteArray bytes = pattern(size, ++seed);
        EXPECT_SUCCESS(write(*writer, bytes));
        const auto read = contents(address);
        EXPECT_SUCCESS(read);
        QCOMPARE(read->size(), size);
        QVERIFY2(*read == bytes, qPrintable(QStringLiteral("share %1 of %2 bytes").arg(seed).arg(size)));
    }
}

void TestSegment::memoryOfPartsIsReservedWhenTheyAreNeeded()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const QString file = filesOf(address).first();
    constexpr qint64 bytes = 1 << 20;
    constexpr qint64 part = 1 << 16;
    const auto writer = writerFor(address);
    const auto room = writer->reserveInParts(bytes);
    EXPECT_SUCCESS(room);
    QCOMPARE(room->size(), std::size_t(bytes));
    const auto fill = [&](qint64 from) {
        const auto place = room->subspan(std::size_t(from), std::size_t(part));
        auto reserved = writer->reservePart(place);
        std::ranges::fill(place, std::byte{7});
        return reserved;
    };
    EXPECT_SUCCESS(fill(0));
    EXPECT_SUCCESS(writer->publish());
    QCOMPARE(QFileInfo(file).size(), bytes);
    QCOMPARE(memoryOf(file), part);
    EXPECT_SUCCESS(fill(bytes - part)); // while others see the segment
    QCOMPARE(memoryOf(file), 2 * part);
    const auto read = contents(address);
    EXPECT_SUCCESS(read);
    QVERIFY(*read == QByteArray(part, 7) + QByteArray(bytes - 2 * part, 0) + QByteArray(part, 7));
    QCOMPARE(memoryOf(file), 2 * part); // a reader allocates no more
}

/// Both files take turns.
void TestSegment::aWholeSegmentAfterOneInPartsHasAllItsMemory()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const QString file = filesOf(address).first();
    constexpr qint64 bytes = 1 << 20;
    const auto writer = writerFor(address);
    for (int turn = 0; turn < 2; ++turn) {
        EXPECT_SUCCESS(writer->reserveInParts(bytes));
        EXPECT_SUCCESS(writer->publish());
        QCOMPARE(memoryOf(file), 0);
        for (int share = 0; share < 3; ++share) {
            EXPECT_SUCCESS(writer->reserve(bytes));
            EXPECT_SUCCESS(writer->publish());
            QCOMPARE(memoryOf(file), bytes);
        }
    }
}

void TestSegment::missingKeyIsNotFound()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto source = openSegment(parsed(address));
    EXPECT_FAILURE(source, ErrorCode::NotFound);
    EXPECT_CONTAINS(source.error().text, address);
}

void TestSegment::readingOutsideIsBadData()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto writer = writerFor(address);
    EXPECT_SUCCESS(write(*writer, pattern(100)));
    const auto source = openSegment(parsed(address));
    EXPECT_SUCCESS(source);
    std::array<std::byte, 101> out = {};
    EXPECT_SUCCESS((*source)->read(0, std::span(out).first(100)));
    EXPECT_FAILURE((*source)->read(0, out), ErrorCode::BadData);
    EXPECT_FAILURE((*source)->read(-1, std::span(out).first(1)), ErrorCode::BadData);
    EXPECT_FAILURE((*source)->read(std::numeric_limits<qint64>::max(), std::span(out).first(2)),
                   ErrorCode::BadData);
}

void TestSegment::isRemovedWithItsWriter()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    auto writer = writerFor(address);
    EXPECT_SUCCESS(write(*writer, pattern(100, 1)));
    EXPECT_SUCCESS(write(*writer, pattern(200, 2)));
    writer.reset();
    EXPECT_FAILURE(contents(address), ErrorCode::NotFound);
    QCOMPARE(m_traces.found(), QString());
}

void TestSegment::staysWhenKeptAndIsTakenOverLater()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const QImage image = picture(QStringLiteral("odd"));
    PeerProcess peer(channelPeer(),
                     {QStringLiteral("share"), address, QStringLiteral("datastream"), fileOf(image)});
    m_traces.watch(peer);
    QVERIFY2(peer.readLine().startsWith(QLatin1String("shared")), qPrintable(peer.standardError()));
    peer.writeLine(QStringLiteral("keep"));
    QCOMPARE(peer.readLine(), QStringLiteral("keeping"));
    peer.writeLine(QStringLiteral("end"));
    QCOMPARE(peer.exitCode(), 0);
    const auto kept = load(address);
    EXPECT_SUCCESS(kept);
    QVERIFY2(samePixels(kept->image, image), qPrintable(difference(kept->image, image)));
    // No living process shares it, so the next sender may have it without asking.
    const auto writer = writerFor(address);
    EXPECT_SUCCESS(write(*writer, pattern(100)));
}

void TestSegment::readerOutlivesTheWriter()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    auto writer = writerFor(address);
    const QByteArray bytes = pattern(5000);
    EXPECT_SUCCESS(write(*writer, bytes));
    auto source = openSegment(parsed(address), {.withoutLock = true});
    EXPECT_SUCCESS(source);
    writer.reset();
    EXPECT_FAILURE(contents(address), ErrorCode::NotFound);
    QByteArray read(bytes.size(), 0);
    EXPECT_SUCCESS((*source)->read(0, std::as_writable_bytes(std::span(read.data(), read.size()))));
    QVERIFY(read == bytes);
}

void TestSegment::secondLivingWriterIsRefusedAndToldWho()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const QImage image = picture(QStringLiteral("odd"));
    PeerProcess peer(channelPeer(),
                     {QStringLiteral("share"), address, QStringLiteral("datastream"), fileOf(image)});
    m_traces.watch(peer);
    QVERIFY2(peer.readLine().startsWith(QLatin1String("shared")), qPrintable(peer.standardError()));
    for (const Existing existing : {Existing::Respect, Existing::Replace}) {
        const auto written = write(*writerFor(address, existing), pattern(100));
        EXPECT_FAILURE(written, ErrorCode::InUse);
        EXPECT_CONTAINS(written.error().text, QStringLiteral("channelpeer (process %1").arg(peer.pid()));
    }
    const auto loaded = load(address);
    EXPECT_SUCCESS(loaded);
    QVERIFY2(samePixels(loaded->image, image), qPrintable(difference(loaded->image, image)));
    peer.writeLine(QStringLiteral("end"));
    QCOMPARE(peer.exitCode(), 0);
    EXPECT_SUCCESS(write(*writerFor(address), pattern(100)));
}

void TestSegment::foreignSegmentIsReplacedOnlyOnRequest()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const QByteArray foreign = pattern(1234, 1);
    QVERIFY(makeFile(filesOf(address).first(), foreign));
    auto writer = writerFor(address);
    const auto refused = write(*writer, pattern(100));
    EXPECT_FAILURE(refused, ErrorCode::NotOurs);
    EXPECT_CONTAINS(refused.error().text, address);
    writer.reset();
    const auto still = contents(address);
    EXPECT_SUCCESS(still);
    QVERIFY(*still == foreign);
    QCOMPARE(m_traces.found(), filesOf(address).first());

    writer = writerFor(address, Existing::Replace);
    const QByteArray ours = pattern(2345, 2);
    EXPECT_SUCCESS(write(*writer, ours));
    const auto replaced = contents(address);
    EXPECT_SUCCESS(replaced);
    QVERIFY(*replaced == ours);
    // The user was asked once. Something that somebody puts there afterwards is refused again, and not
    // removed with the writer.
    QVERIFY(QFile::remove(filesOf(address).first()));
    QVERIFY(makeFile(filesOf(address).first(), foreign));
    EXPECT_FAILURE(write(*writer, ours), ErrorCode::NotOurs);
    writer.reset();
    QVERIFY(QFile::remove(filesOf(address).first()));
}

void TestSegment::isSharedAgainWhenSomebodyRemovedIt()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto writer = writerFor(address);
    for (uint seed = 1; seed < 5; ++seed) {
        const QByteArray bytes = pattern(5000, seed);
        EXPECT_SUCCESS(write(*writer, bytes));
        const auto read = contents(address);
        EXPECT_SUCCESS(read);
        QVERIFY(*read == bytes);
        for (const int id : memoryMadeBy(::getpid())) {
            QCOMPARE(::shmctl(id, IPC_RMID, nullptr), 0);
        }
        QVERIFY2(QFile::remove(filesOf(address).first()), qPrintable(filesOf(address).first()));
        EXPECT_FAILURE(contents(address), ErrorCode::NotFound);
    }
}

/// System V keys are derived from the number of the key file. If the file is deleted but the memory is not, a
/// later key file may get the number, and with it the memory.
void TestSegment::memoryThatLostItsKeyFileIsNoObstacle()
{
    const auto newAddress = [this] {
        return m_traces.watched(QStringLiteral("systemv:/dev/shm/") + uniqueName());
    };
    const QString lost = newAddress();
    const QString lostFile = filesOf(lost).first();
    {
        PeerProcess peer(channelPeer(), {QStringLiteral("reserve"), lost, QStringLiteral("1000")});
        m_traces.watch(peer);
        QCOMPARE(peer.readLine(), QStringLiteral("reserved 1000"));
        peer.kill();
    }
    struct stat status = {};
    QCOMPARE(::stat(qPrintable(lostFile), &status), 0);
    const key_t key = ::ftok(qPrintable(lostFile), 'Q');
    QVERIFY(QFile::remove(lostFile));

    bool met = false;
    for (int attempt = 0; attempt < 5 && !met; ++attempt) { // meanwhile, others create files there
        const QString address = newAddress();
        const QString file = filesOf(address).first();
        // This file system numbers its files in sequence: continue until the next file has that number again.
        constexpr unsigned mask = 0xffff;
        struct stat made = {};
        for (unsigned i = 0; i <= mask && ((made.st_ino + 1) & mask) != (status.st_ino & mask); ++i) {
            QVERIFY(makeFile(file, {}));
            QCOMPARE(::stat(qPrintable(file), &made), 0);
            QVERIFY(QFile::remove(file));
        }
        const auto writer = writerFor(address);
        const QByteArray bytes = pattern(2000);
        EXPECT_SUCCESS(write(*writer, bytes));
        const auto read = contents(address);
        EXPECT_SUCCESS(read);
        QVERIFY(*read == bytes);
        met = ::ftok(qPrintable(file), 'Q') == key;
    }
    if (!met) { // only here does the numbering of the file system matter
        qInfo("the numbers never met");
        ::shmctl(::shmget(key, 0, 0), IPC_RMID, nullptr);
    }
}

void TestSegment::isSharedAgainWhenSomebodyTruncatedIt()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto writer = writerFor(address);
    // The truncated file becomes the spare file of the share after the next: storing into it must not kill
    // us.
    for (uint seed = 1; seed < 6; ++seed) {
        const QByteArray bytes = pattern(50000, seed);
        EXPECT_SUCCESS(write(*writer, bytes));
        const auto read = contents(address);
        EXPECT_SUCCESS(read);
        QVERIFY(*read == bytes);
        QCOMPARE(::truncate(qPrintable(filesOf(address).first()), seed % 2 == 0 ? 0 : 70000), 0);
    }
}

void TestSegment::B6_truncationWhileCopyingIsNoCrash()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto writer = writerFor(address);
    const QByteArray bytes = pattern(1 << 20);
    EXPECT_SUCCESS(write(*writer, bytes));
    std::atomic<bool> stop = false;
    std::thread truncating([&stop, file = filesOf(address).first().toLocal8Bit(), &bytes] {
        while (!stop) {
            if (::truncate(file.constData(), 4096) != 0 || ::truncate(file.constData(), bytes.size()) != 0) {
                return;
            }
        }
    });
    int complete = 0;
    int refused = 0;
    QString unexpected;
    const QDeadlineTimer deadline(10000);
    while (unexpected.isEmpty() && !deadline.hasExpired() && (complete < 50 || refused < 50)) {
        auto source = openSegment(parsed(address));
        if (!source) {
            unexpected = described(source);
            break;
        }
        QByteArray read(bytes.size(), 1);
        const auto result = (*source)->read(0, std::as_writable_bytes(std::span(read.data(), read.size())));
        if (result && read.startsWith(bytes.left(4096))) {
            ++complete; // the rest was cut off and is zero
        } else if (!result && result.error().code == ErrorCode::BadData) {
            ++refused;
        } else {
            unexpected = described(result);
        }
    }
    stop = true;
    truncating.join();
    QCOMPARE(unexpected, QString());
    QVERIFY2(complete > 0 && refused > 0,
             qPrintable(QStringLiteral("%1 complete, %2 refused").arg(complete).arg(refused)));
}

int tst_segment(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSegment>(argc, argv);
}

#include "tst_segment.moc"
