#include "common/base/quantitytext.h"
#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>

#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

/// Obstacles to a segment are named in a sentence, at once, and left unchanged.
class TestSegmentRefusals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void E3_thingThatIsNoSegmentIsNotPermitted_data();
    void E3_thingThatIsNoSegmentIsNotPermitted();
    void E3_deviceIsNotRead();
    void missingFolderIsNotFound_data() { addSchemes({QStringLiteral("file"), QStringLiteral("systemv")}); }
    void missingFolderIsNotFound();
    void fileNameThatIsTooLongIsRefused_data()
    {
        addSchemes({QStringLiteral("file"), QStringLiteral("systemv")});
    }
    void fileNameThatIsTooLongIsRefused();
    void keyFileWithContentsIsNotPermitted();
    void E2_anotherUsersSegmentIsNotWritten_data();
    void E2_anotherUsersSegmentIsNotWritten();
    void E1_anotherUsersSegmentIsNotRead_data() { addForeignPlaces(); }
    void E1_anotherUsersSegmentIsNotRead();
    void moreThanThereIsRoomForIsNoSpace_data() { addSchemes(); }
    void moreThanThereIsRoomForIsNoSpace();
    void fullFolderIsNoSpaceAndKeepsWhatWasShared();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    static void addForeignPlaces();

    Traces m_traces;
};

namespace {

constexpr uid_t nobody = 65534;
constexpr qint64 atOnce = 1000; // milliseconds, on a busy machine

bool isRoot()
{
    return ::geteuid() == 0;
}

Result<void> writeTo(const QString& address, Existing existing = Existing::Respect)
{
    return write(*makeSegmentWriter(parsed(address), existing).value(), pattern(100));
}

void makeThing(const QString& kind, const QString& path)
{
    if (kind == QLatin1String("a named pipe")) {
        QCOMPARE(::mkfifo(qPrintable(path), 0600), 0);
    } else if (kind == QLatin1String("a socket")) {
        QCOMPARE(::mknod(qPrintable(path), S_IFSOCK | 0600, 0), 0);
    } else if (kind == QLatin1String("a folder")) {
        QVERIFY(QDir().mkdir(path));
    } else {
        QVERIFY(QFile::link(QStringLiteral("/nowhere/at/all"), path));
    }
}

void removeThing(const QString& path)
{
    QVERIFY(::unlink(qPrintable(path)) == 0 || ::rmdir(qPrintable(path)) == 0);
}

} // namespace

void TestSegmentRefusals::E3_thingThatIsNoSegmentIsNotPermitted_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QString>("kind");
    for (const char* scheme : {"posix", "file", "systemv"}) {
        for (const char* kind : {"a named pipe", "a socket", "a folder", "a symbolic link"}) {
            QTest::addRow("%s, %s", scheme, kind) << QString::fromLatin1(scheme) << QString::fromLatin1(kind);
        }
    }
}

void TestSegmentRefusals::E3_thingThatIsNoSegmentIsNotPermitted()
{
    QFETCH(QString, scheme);
    QFETCH(QString, kind);
    const QString address = m_traces.newAddress(scheme);
    const QString path = filesOf(address).first();
    makeThing(kind, path);
    QElapsedTimer timer;
    timer.start();
    const auto source = openSegment(parsed(address));
    if (scheme == QLatin1String("systemv")) {
        EXPECT_FAILURE(source, ErrorCode::NotFound); // there is no memory, whatever the key file contains
    } else {
        EXPECT_FAILURE(source, ErrorCode::NotPermitted);
        EXPECT_CONTAINS(source.error().text, kind);
    }
    for (const Existing existing : {Existing::Respect, Existing::Replace}) {
        const auto written = writeTo(address, existing);
        EXPECT_FAILURE(written, ErrorCode::NotPermitted);
        EXPECT_CONTAINS(written.error().text, scheme == QLatin1String("systemv") ? path : kind);
    }
    QVERIFY2(timer.elapsed() < atOnce, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(m_traces.found(), path);
    removeThing(path);
}

/// It would yield zeros for ever. The test shares nothing there: run by root, a failing program would remove
/// the machine's device.
void TestSegmentRefusals::E3_deviceIsNotRead()
{
    const auto source = openSegment(parsed(QStringLiteral("file:/dev/zero")));
    EXPECT_FAILURE(source, ErrorCode::NotPermitted);
    EXPECT_CONTAINS(source.error().text, QStringLiteral("file:/dev/zero is a device, not a segment."));
}

void TestSegmentRefusals::missingFolderIsNotFound()
{
    QFETCH(QString, scheme);
    const QString address = scheme + QLatin1String(":/no/such/folder/picture");
    EXPECT_FAILURE(contents(address), ErrorCode::NotFound);
    const auto written = writeTo(address);
    EXPECT_FAILURE(written, ErrorCode::NotFound);
    EXPECT_CONTAINS(written.error().text, QStringLiteral("folder"));
}

void TestSegmentRefusals::fileNameThatIsTooLongIsRefused()
{
    QFETCH(QString, scheme);
    const QString address =
        scheme + QLatin1Char(':') + temporaryFolder() + QLatin1Char('/') + QString(300, QLatin1Char('k'));
    QVERIFY(!contents(address).has_value());
    const auto written = writeTo(address);
    QVERIFY(!written.has_value());
    QVERIFY2(written.error().text.size() > 20, qPrintable(described(written)));
    QCOMPARE(QDir(temporaryFolder()).entryList(QDir::Files | QDir::Hidden), QStringList());
}

void TestSegmentRefusals::keyFileWithContentsIsNotPermitted()
{
    const QString address = m_traces.newAddress(QStringLiteral("systemv"));
    const QString path = filesOf(address).first();
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("letter") == 6);
    file.close();
    const auto written = writeTo(address);
    EXPECT_FAILURE(written, ErrorCode::NotPermitted);
    EXPECT_CONTAINS(written.error().text, path);
    QCOMPARE(QFile(path).size(), 6);
    QVERIFY(file.remove());
}

/// Root can make another user's segment; other users use an existing one.
void TestSegmentRefusals::addForeignPlaces()
{
    addSchemes(isRoot()
                   ? QStringList{QStringLiteral("posix"), QStringLiteral("file"), QStringLiteral("systemv")}
                   : QStringList{QStringLiteral("file")});
}

void TestSegmentRefusals::E2_anotherUsersSegmentIsNotWritten_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<int>("mode");
    for (const char* scheme : {"posix", "file", "systemv"}) {
        for (const int mode : {0600, 0666}) {
            if (isRoot() || QLatin1String(scheme) == QLatin1String("file")) {
                QTest::addRow("%s, mode %04o", scheme, static_cast<unsigned>(mode))
                    << QString::fromLatin1(scheme) << mode;
            }
        }
    }
}

/// Somebody has created the name first, and may let everybody write.
void TestSegmentRefusals::E2_anotherUsersSegmentIsNotWritten()
{
    QFETCH(QString, scheme);
    QFETCH(int, mode);
    if (!isRoot()) {
        EXPECT_FAILURE(writeTo(QStringLiteral("file:/etc/passwd"), Existing::Replace),
                       ErrorCode::NotPermitted);
        return;
    }
    const QString address = m_traces.newAddress(scheme);
    const QString path = filesOf(address).first();
    QFile file(path);
    const QByteArray theirs = scheme == QLatin1String("systemv") ? QByteArray() : QByteArray("theirs");
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(theirs) == theirs.size());
    file.close();
    QCOMPARE(::chown(qPrintable(path), nobody, nobody), 0);
    QCOMPARE(::chmod(qPrintable(path), static_cast<mode_t>(mode)), 0);
    for (const Existing existing : {Existing::Respect, Existing::Replace}) {
        const auto written = writeTo(address, existing);
        EXPECT_FAILURE(written, ErrorCode::NotPermitted);
        EXPECT_CONTAINS(written.error().text,
                        scheme == QLatin1String("systemv") ? path : QStringLiteral("nobody"));
    }
    QCOMPARE(m_traces.found(), path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), theirs);
    QVERIFY(file.remove());
}

void TestSegmentRefusals::E1_anotherUsersSegmentIsNotRead()
{
    QFETCH(QString, scheme);
    if (!isRoot()) {
        const auto source = openSegment(parsed(QStringLiteral("file:/etc/shadow")));
        EXPECT_FAILURE(source, ErrorCode::NotPermitted);
        return;
    }
    // Everybody may enter the folder; only the segment itself is closed.
    QCOMPARE(::chmod(qPrintable(temporaryFolder()), 0711), 0);
    const QString address = m_traces.newAddress(scheme);
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, picture(QStringLiteral("odd"))));
    const auto loaded =
        runToEnd(channelPeer(), {QStringLiteral("as"), QString::number(nobody), QStringLiteral("load"),
                                 address, QStringLiteral("/dev/null")});
    QCOMPARE(loaded.exitCode, 1);
    const QString line = QString::fromUtf8(loaded.out);
    EXPECT_CONTAINS(line, QStringLiteral("error NotPermitted"));
    EXPECT_CONTAINS(line, address);
    EXPECT_CONTAINS(line, QStringLiteral("user"));
}

void TestSegmentRefusals::moreThanThereIsRoomForIsNoSpace()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    struct statvfs shm = {};
    QCOMPARE(::statvfs("/dev/shm", &shm), 0);
    // More than the size of /dev/shm is refused at once; other places have no limit below absurd sizes.
    const qint64 tooMuch =
        scheme == QLatin1String("posix")
            ? static_cast<qint64>(shm.f_blocks) * static_cast<qint64>(shm.f_frsize) + (qint64{1} << 30)
            : qint64{1} << 62;
    EXPECT_FAILURE(makeSegmentWriter(parsed(address)).value()->reserve(tooMuch), ErrorCode::NoSpace);
    QCOMPARE(m_traces.found(), QString());

    const auto writer = makeSegmentWriter(parsed(address)).value();
    const auto refused = writer->reserve(tooMuch);
    EXPECT_FAILURE(refused, ErrorCode::NoSpace);
    EXPECT_CONTAINS(refused.error().text, bytesText(tooMuch));
    const QByteArray bytes = pattern(5000);
    EXPECT_SUCCESS(write(*writer, bytes));
    EXPECT_FAILURE(writer->reserve(tooMuch), ErrorCode::NoSpace);
    const auto still = contents(address);
    EXPECT_SUCCESS(still);
    QVERIFY(*still == bytes);
    const QByteArray next = pattern(6000, 2);
    EXPECT_SUCCESS(write(*writer, next));
    const auto read = contents(address);
    EXPECT_SUCCESS(read);
    QVERIFY(*read == next);
}

void TestSegmentRefusals::fullFolderIsNoSpaceAndKeepsWhatWasShared()
{
    const QString folder = temporaryFolder() + QLatin1Char('/') + uniqueName();
    QVERIFY(QDir().mkpath(folder));
    const QStringList inSmallFolder = {
        QStringLiteral("-c"), QStringLiteral("mount -t tmpfs -o size=1m none \"$0\" && exec \"$@\""), folder};
    const QStringList apart = isRoot() ? QStringList{QStringLiteral("-m"), QStringLiteral("sh")}
                                       : QStringList{QStringLiteral("-Urm"), QStringLiteral("sh")};
    const bool canMount =
        runToEnd(QStringLiteral("unshare"), apart + inSmallFolder + QStringList{QStringLiteral("true")})
            .exitCode == 0;
    // If mounting is not allowed, use a size for which no file system has room.
    const QString tooMuch = canMount ? QStringLiteral("700000") : QString::number(qint64{1} << 62);
    const QStringList reserve = {QStringLiteral("reserve"),
                                 QStringLiteral("file:") + folder + QLatin1String("/x"),
                                 QStringLiteral("400000"), tooMuch, QStringLiteral("400000")};
    PeerProcess peer(canMount ? QStringLiteral("unshare") : channelPeer(),
                     canMount ? apart + inSmallFolder + QStringList(channelPeer()) + reserve : reserve);
    QCOMPARE(peer.readLine(), QStringLiteral("reserved 400000"));
    const QString refused = peer.readLine();
    QVERIFY2(refused.startsWith(QLatin1String("error NoSpace")), qPrintable(refused));
    EXPECT_CONTAINS(refused, folder);
    QCOMPARE(peer.readLine(), QStringLiteral("reserved 400000"));
    QCOMPARE(peer.readLine(), QStringLiteral("done"));
    peer.writeLine(QStringLiteral("end"));
    QCOMPARE(peer.exitCode(), 0);
    QVERIFY(QDir().rmdir(folder));
}

int tst_segmentrefusals(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestSegmentRefusals>(argc, argv);
}

#include "tst_segmentrefusals.moc"
