// Hidden names that another user has taken first, and files that now belong to another sender. A sender
// shares nevertheless if that is safe, and at the end removes only what belongs to it.
#include "common/listing/deadsegments.h"
#include "common/listing/linux/posixlist.h"
#include "common/segment/livingowner.h"
#include "common/segment/posix/hiddenfiles.h"
#include "common/segment/posix/ownerrecord.h"
#include "common/segment/systemv/systemvkey.h"
#include "common/segment/systemvnames.h"
#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <limits>

#include <fcntl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

class TestBlockedKeys : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void Z13_keyIsSharedThoughSomebodyTookAHiddenName_data();
    void Z13_keyIsSharedThoughSomebodyTookAHiddenName();
    void Z13_whatADeadSenderLeftUnderAnotherNameIsTakenOver();
    void Z13_whatADeadSenderLeftUnderAnotherNameIsCleaned();
    void Z13_recordThatTakesOthersOverHasWholeLines();
    void Z13_livingOwnerIsKnownWhenTheFirstNameIsFreeAgain();
    void Z13_senderUnderAnotherNameCanBeAskedToEnd();
    void Z13_recordOfAnotherUserIsNotAsked();
    void Z13_refusalNamesTheFileAndItsUser_data();
    void Z13_refusalNamesTheFileAndItsUser();
    void Z14_endingSenderLeavesItsSuccessorAlone_data() { addSchemes(); }
    void Z14_endingSenderLeavesItsSuccessorAlone();
    void Z14_endingSenderLeavesItsSuccessorsSecondFileAlone();
    void Z14_recordThatWasRemovedIsMadeAgain();
    void Z14_ownThingsAreRemovedWithTheirKeyFileGone();

private:
    [[nodiscard]] QString address() const { return QStringLiteral("file:%1/key").arg(m_folder); }
    [[nodiscard]] QByteArray stem(std::size_t number = 0) const
    {
        return hiddenStems(SegmentPath(parsed(address()))).at(number);
    }
    [[nodiscard]] QStringList files() const
    {
        return QDir(m_folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System |
                                        QDir::NoDotAndDotDot);
    }
    [[nodiscard]] ListedSegment listed() const;

    Traces m_traces;
    QString m_folder; // anybody may create files in it, but remove only their own
};

namespace {

constexpr uid_t nobody = 65534;

bool isRoot()
{
    return ::geteuid() == 0;
}

/// Puts something of another user there; if we cannot, something of ours that is not a file.
bool block(const QByteArray& path, const QString& kind)
{
    const bool isFile = kind == QLatin1String("file") && isRoot();
    const bool isMade = isFile                          ? ::mknod(path.constData(), S_IFREG | 0600, 0) == 0
                        : kind == QLatin1String("pipe") ? ::mkfifo(path.constData(), 0600) == 0
                        : kind == QLatin1String("link") ? ::symlink("/etc/passwd", path.constData()) == 0
                                                        : ::mkdir(path.constData(), 0700) == 0;
    return isMade && (!isRoot() || ::lchown(path.constData(), nobody, nobody) == 0);
}

/// Removes all files of the address, as somebody might who cleans up by hand.
void removeAll(const QString& address)
{
    const SegmentAddress parsedAddress = parsed(address);
    if (parsedAddress.scheme() == SegmentAddress::Scheme::Qt ||
        parsedAddress.scheme() == SegmentAddress::Scheme::SystemV) {
        const SystemVNames names(parsedAddress);
        if (const auto key = systemVKey(names.segmentFile)) {
            ::shmctl(::shmget(*key, 0, 0), IPC_RMID, nullptr);
        }
        if (const auto key = systemVKey(names.semaphoreFile)) {
            ::semctl(::semget(*key, 1, 0), 0, IPC_RMID);
        }
    }
    for (const QString& file : filesOf(address)) {
        QFile::remove(file);
    }
}

QStringList existing(const QStringList& files)
{
    QStringList there = files;
    there.removeIf([](const QString& file) { return !QFileInfo::exists(file); });
    return there;
}

} // namespace

void TestBlockedKeys::init()
{
    m_folder = QStringLiteral("/dev/shm/") + uniqueName();
    QVERIFY(QDir().mkdir(m_folder));
    QCOMPARE(::chmod(qPrintable(m_folder), 01777), 0);
}

void TestBlockedKeys::cleanup()
{
    QVERIFY(QDir(m_folder).removeRecursively());
    QCOMPARE(m_traces.takeFound(), QString());
}

ListedSegment TestBlockedKeys::listed() const
{
    for (const ListedSegment& segment : listPosixSegments(QFile::encodeName(m_folder))) {
        if (segment.path.endsWith("/key")) {
            return segment;
        }
    }
    return {};
}

void TestBlockedKeys::Z13_keyIsSharedThoughSomebodyTookAHiddenName_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<bool>("isRecord");
    QTest::addColumn<int>("count");
    for (const char* kind : {"file", "pipe", "link", "folder"}) {
        for (const bool isRecord : {true, false}) {
            for (const int count : {1, hiddenNames - 1}) {
                QTest::addRow("%s, %s, %d", kind, isRecord ? "record" : "second file", count)
                    << QString::fromLatin1(kind) << isRecord << count;
            }
        }
    }
}

void TestBlockedKeys::Z13_keyIsSharedThoughSomebodyTookAHiddenName()
{
    QFETCH(QString, kind);
    QFETCH(bool, isRecord);
    QFETCH(int, count);
    for (std::size_t i = 0; i < std::size_t(count); ++i) {
        QVERIFY(block(isRecord ? recordOf(stem(i)) : spareOf(stem(i)), kind));
    }
    const QStringList before = files();
    {
        const auto writer = makeSegmentWriter(parsed(address())).value();
        for (uint seed = 1; seed < 4; ++seed) {
            const QByteArray bytes = pattern(qsizetype{1000} * seed, seed);
            EXPECT_SUCCESS(write(*writer, bytes));
            QCOMPARE(contents(address()).value(), bytes);
        }
        EXPECT_FAILURE(write(*makeSegmentWriter(parsed(address())).value(), pattern(10)), ErrorCode::InUse);
        QVERIFY(listed().isOurs);
        QCOMPARE(listed().maker, Liveness::Alive);
        QCOMPARE(listed().process, qint64{::getpid()});
    }
    QCOMPARE(files(), before);
}

void TestBlockedKeys::Z13_whatADeadSenderLeftUnderAnotherNameIsTakenOver()
{
    QVERIFY(block(recordOf(stem()), QStringLiteral("file")));
    PeerProcess sender(channelPeer(), {QStringLiteral("share"), address(), QStringLiteral("png"),
                                       fileOf(picture(QStringLiteral("odd")))});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    sender.kill();
    {
        const auto writer = makeSegmentWriter(parsed(address())).value();
        EXPECT_SUCCESS(write(*writer, pattern(100)));
    }
    QCOMPARE(files().size(), 1);
}

void TestBlockedKeys::Z13_whatADeadSenderLeftUnderAnotherNameIsCleaned()
{
    QVERIFY(block(recordOf(stem()), QStringLiteral("file")));
    QVERIFY(block(spareOf(stem()), QStringLiteral("file")));
    PeerProcess sender(channelPeer(), {QStringLiteral("share"), address(), QStringLiteral("png"),
                                       fileOf(picture(QStringLiteral("odd")))});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    const QByteArray folder = QFile::encodeName(m_folder);
    QVERIFY(cleanDeadSegments(folder, Cleaning::Remove).empty());
    QCOMPARE(listed().maker, Liveness::Alive);
    sender.kill();
    QCOMPARE(listed().maker, Liveness::Dead);
    const auto found = cleanDeadSegments(folder, Cleaning::DryRun);
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found[0].maker, Liveness::Dead);
    QCOMPARE(found[0].files.size(), std::size_t{2});
    const auto removed = cleanDeadSegments(folder, Cleaning::Remove);
    QCOMPARE(removed.size(), std::size_t{1});
    QVERIFY(removed[0].isRemoved);
    QCOMPARE(files().size(), 2);
}

/// A truncated number would be that of another file.
void TestBlockedKeys::Z13_recordThatTakesOthersOverHasWholeLines()
{
    const FileId file = {~quint64{0}, ~quint64{0}, std::numeric_limits<qint64>::max()};
    const QByteArray line = QByteArray::number(file.device) + ' ' + QByteArray::number(file.inode) + ' ' +
                            QByteArray::number(file.born) + '\n';
    for (std::size_t i = 0; i < 3; ++i) {
        QFile record(QFile::decodeName(recordOf(stem(i))));
        QVERIFY(record.open(QIODevice::WriteOnly));
        QVERIFY(record.write("pid 1\n" + line.repeated(7)) > 0);
    }
    const auto writer = makeSegmentWriter(parsed(address())).value();
    EXPECT_SUCCESS(writer->reserve(100));
    const auto note = readOwnerNote(recordOf(stem()));
    QVERIFY(note && !note->files.empty());
    QVERIFY(std::all_of(note->files.begin(), note->files.end(),
                        [&file](const FileId& listed) { return listed == file; }));
    EXPECT_SUCCESS(writer->publish());
}

void TestBlockedKeys::Z13_livingOwnerIsKnownWhenTheFirstNameIsFreeAgain()
{
    QVERIFY(block(recordOf(stem()), QStringLiteral("folder")));
    const auto writer = makeSegmentWriter(parsed(address())).value();
    EXPECT_SUCCESS(write(*writer, pattern(100)));
    QCOMPARE(::rmdir(recordOf(stem()).constData()), 0);
    const QStringList before = files();
    EXPECT_FAILURE(write(*makeSegmentWriter(parsed(address()), Existing::Replace).value(), pattern(10)),
                   ErrorCode::InUse);
    QCOMPARE(files(), before);
    QCOMPARE(contents(address()).value(), pattern(100));
}

void TestBlockedKeys::Z13_senderUnderAnotherNameCanBeAskedToEnd()
{
    QVERIFY(block(recordOf(stem()), QStringLiteral("file")));
    PeerProcess sender(channelPeer(), {QStringLiteral("share"), address(), QStringLiteral("png"),
                                       fileOf(picture(QStringLiteral("odd")))});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    EXPECT_SUCCESS(endLivingOwner(parsed(address()), std::chrono::seconds(20)));
    const auto writer = makeSegmentWriter(parsed(address())).value();
    EXPECT_SUCCESS(write(*writer, pattern(100)));
}

/// Another user's process that locks one of its files is not a sender under our key.
void TestBlockedKeys::Z13_recordOfAnotherUserIsNotAsked()
{
    const QByteArray record = recordOf(stem());
    QVERIFY(block(record, QStringLiteral("file")));
    if (isRoot()) {
        QCOMPARE(::chmod(record.constData(), 0666), 0);
    }
    PeerProcess holder(QStringLiteral("python3"), {QStringLiteral("-c"),
                                                   QStringLiteral("import fcntl, os, sys\n"
                                                                  "fd = os.open(sys.argv[1], os.O_RDONLY)\n"
                                                                  "fcntl.flock(fd, fcntl.LOCK_EX)\n"
                                                                  "print('locked', flush=True)\n"
                                                                  "sys.stdin.readline()"),
                                                   QFile::decodeName(record)});
    QCOMPARE(holder.readLine(), QStringLiteral("locked"));
    EXPECT_SUCCESS(endLivingOwner(parsed(address()), std::chrono::seconds(1)));
    const auto writer = makeSegmentWriter(parsed(address())).value();
    EXPECT_SUCCESS(write(*writer, pattern(100)));
}

void TestBlockedKeys::Z13_refusalNamesTheFileAndItsUser_data()
{
    QTest::addColumn<bool>("isRecord");
    QTest::addColumn<bool>("isSticky");
    for (const bool isRecord : {true, false}) {
        QTest::addRow("%s, all names", isRecord ? "record" : "second file") << isRecord << true;
        QTest::addRow("%s, a folder that is not safe", isRecord ? "record" : "second file")
            << isRecord << false;
    }
}

void TestBlockedKeys::Z13_refusalNamesTheFileAndItsUser()
{
    QFETCH(bool, isRecord);
    QFETCH(bool, isSticky);
    QCOMPARE(::chmod(qPrintable(m_folder), isSticky ? 01777 : 0777), 0);
    const int count = isSticky ? hiddenNames : 1;
    for (std::size_t i = 0; i < std::size_t(count); ++i) {
        QVERIFY(block(isRecord ? recordOf(stem(i)) : spareOf(stem(i)), QStringLiteral("file")));
    }
    const QStringList before = files();
    {
        const auto writer = makeSegmentWriter(parsed(address())).value();
        const auto written = write(*writer, pattern(100));
        EXPECT_FAILURE(written, ErrorCode::NotPermitted);
        EXPECT_CONTAINS(written.error().text,
                        QFile::decodeName(isRecord ? recordOf(stem()) : spareOf(stem())));
        EXPECT_CONTAINS(written.error().text, isRoot() ? QStringLiteral("a file that belongs to user nobody")
                                                       : QStringLiteral("a folder of yours"));
        EXPECT_CONTAINS(written.error().text, QStringLiteral("choose another key."));
    }
    QCOMPARE(files(), before);
}

void TestBlockedKeys::Z14_endingSenderLeavesItsSuccessorAlone()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    auto first = makeSegmentWriter(parsed(address)).value();
    EXPECT_SUCCESS(write(*first, pattern(100)));
    EXPECT_SUCCESS(write(*first, pattern(200)));
    removeAll(address);
    PeerProcess successor(channelPeer(), {QStringLiteral("share"), address, QStringLiteral("png"),
                                          fileOf(picture(QStringLiteral("odd")))});
    m_traces.watch(successor);
    QVERIFY(!successor.waitForLine(QStringLiteral("shared ")).isNull());
    const QStringList before = existing(filesOf(address));
    const QByteArray shared = contents(address).value();
    QVERIFY(before.size() >= (scheme == QLatin1String("systemv") ? 1 : 2));
    first.reset();
    QCOMPARE(existing(filesOf(address)), before);
    QCOMPARE(contents(address).value(), shared);
    if (scheme == QLatin1String("qt") || scheme == QLatin1String("systemv")) {
        const auto key = systemVKey(SystemVNames(parsed(address)).semaphoreFile);
        QVERIFY(key);
        QVERIFY2(::semget(*key, 1, 0) != -1, "the successor's lock is gone");
    }
    const auto third = makeSegmentWriter(parsed(address)).value();
    EXPECT_FAILURE(write(*third, pattern(10)), ErrorCode::InUse);
    successor.writeLine(QString());
    QCOMPARE(successor.exitCode(), 0);
}

void TestBlockedKeys::Z14_endingSenderLeavesItsSuccessorsSecondFileAlone()
{
    auto first = makeSegmentWriter(parsed(address())).value();
    EXPECT_SUCCESS(write(*first, pattern(100)));
    EXPECT_SUCCESS(write(*first, pattern(200)));
    removeAll(address());
    const auto successor = makeSegmentWriter(parsed(address())).value();
    EXPECT_SUCCESS(write(*successor, pattern(300)));
    EXPECT_SUCCESS(write(*successor, pattern(400)));
    const QStringList before = files();
    QCOMPARE(before.size(), 3);
    first->trim();
    QCOMPARE(files(), before);
    first.reset();
    QCOMPARE(files(), before);
    QCOMPARE(contents(address()).value(), pattern(400));
}

/// Otherwise a second sender would not know about the first one.
void TestBlockedKeys::Z14_recordThatWasRemovedIsMadeAgain()
{
    const auto first = makeSegmentWriter(parsed(address())).value();
    EXPECT_SUCCESS(write(*first, pattern(100)));
    removeAll(address());
    EXPECT_SUCCESS(write(*first, pattern(200)));
    QCOMPARE(listed().maker, Liveness::Alive);
    EXPECT_FAILURE(write(*makeSegmentWriter(parsed(address())).value(), pattern(10)), ErrorCode::InUse);
}

/// A lock that nobody can find any more would stay for ever.
void TestBlockedKeys::Z14_ownThingsAreRemovedWithTheirKeyFileGone()
{
    const QString address = m_traces.newAddress(QStringLiteral("qt"));
    auto first = makeSegmentWriter(parsed(address)).value();
    EXPECT_SUCCESS(write(*first, pattern(100)));
    std::vector<std::unique_ptr<QFile>> removed; // kept open, so that a new key file gets another number
    for (const QString& file : filesOf(address)) {
        removed.push_back(std::make_unique<QFile>(file));
        QVERIFY(removed.back()->open(QIODevice::ReadOnly));
        QVERIFY(QFile::remove(file));
    }
    PeerProcess successor(channelPeer(), {QStringLiteral("share"), address, QStringLiteral("png"),
                                          fileOf(picture(QStringLiteral("odd")))});
    m_traces.watch(successor);
    QVERIFY(!successor.waitForLine(QStringLiteral("shared ")).isNull());
    first.reset();
    EXPECT_SUCCESS(contents(address));
    QCOMPARE(memoryMadeBy(::getpid()), QList<int>());
    successor.writeLine(QString());
    QCOMPARE(successor.exitCode(), 0);
}

int tst_blockedkeys(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestBlockedKeys>(argc, argv);
}

#include "tst_blockedkeys.moc"
