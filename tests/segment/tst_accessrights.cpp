// Access by other users: the given permissions last, and a reader that may not follow a stream reports it.
#include "common/channel/livememory.h"
#include "common/channel/livepublisher.h"
#include "common/channel/livesubscriber.h"
#include "common/segment/posix/hiddenfiles.h"
#include "tests/live/segmentstream.h"
#include "tests/support/expect.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/traces.h"
#include "tests/support/uniquekey.h"

#include <QFile>

#include <csignal>

#include <grp.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

class TestAccessRights : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void Z11_modeIsRead_data();
    void Z11_modeIsRead();
    void Z11_groupIsRead_data();
    void Z11_groupIsRead();
    void Z11_segmentHasWhatWasAskedForWhateverTheUmask_data();
    void Z11_segmentHasWhatWasAskedForWhateverTheUmask();
    void Z11_newSegmentKeepsWhatWasGivenToTheOneBefore_data() { addSchemes(); }
    void Z11_newSegmentKeepsWhatWasGivenToTheOneBefore();
    void Z11_newSegmentKeepsWhatWasTakenFromTheOneBefore_data() { addSchemes(); }
    void Z11_newSegmentKeepsWhatWasTakenFromTheOneBefore();
    void Z11_segmentOfADeadSenderPassesItsRightsOn_data() { addSchemes(); }
    void Z11_segmentOfADeadSenderPassesItsRightsOn();
    void Z11_replacingOnesOwnSegmentKeepsItsRights_data() { addSchemes(); }
    void Z11_replacingOnesOwnSegmentKeepsItsRights();
    void Z11_ownersRecordIsNobodyElses();
    void Z11_senderTakesTheModeFromItsCommandLine_data();
    void Z11_senderTakesTheModeFromItsCommandLine();
    void Z11_senderRefusesWhatCannotBeMeant();
    void Z11_anotherUserReadsEachPicture_data() { addSchemes(); }
    void Z11_anotherUserReadsEachPicture();
    void Z11_streamStaysReadableInALargerSegment();
    void Z11_readerSaysThatTheStreamGoesOnOutOfReach();
    void Z11_readerFollowsAgainWhenItMay();
    void cleanup() { QCOMPARE(m_traces.takeFound(), QString()); }

private:
    Traces m_traces;
};

namespace {

constexpr uid_t nobody = 65534;

bool isRoot()
{
    return ::geteuid() == 0;
}

/// A group that we may give files to; if possible, not the group that they get by default.
gid_t otherGroup()
{
    if (isRoot()) {
        return nobody;
    }
    std::array<gid_t, 256> groups = {};
    const int count = ::getgroups(int(groups.size()), groups.data());
    const auto end = groups.begin() + std::max(0, count);
    const auto found = std::find_if(groups.begin(), end, [](gid_t group) { return group != ::getegid(); });
    return found == end ? ::getegid() : *found;
}

bool isSystemV(const QString& address)
{
    return address.startsWith(QLatin1String("qt:")) || address.startsWith(QLatin1String("systemv:"));
}

shmid_ds memoryStatus(qint64 maker)
{
    shmid_ds status = {};
    const QList<int> ids = memoryMadeBy(maker);
    if (ids.size() == 1) {
        ::shmctl(ids[0], IPC_STAT, &status);
    }
    return status;
}

/// "640 of group 65534": the mode and group of the file or memory at the address.
QString rightsOf(const QString& address, qint64 maker = ::getpid())
{
    const auto text = [](unsigned mode, gid_t group) {
        return QStringLiteral("%1 of group %2").arg(mode & 07777U, 0, 8).arg(group);
    };
    if (isSystemV(address)) {
        const shmid_ds status = memoryStatus(maker);
        return text(status.shm_perm.mode & 0777U, status.shm_perm.gid);
    }
    const auto status = statusOf(SegmentPath(parsed(address)).file);
    return status ? text(status->mode, status->group) : QString();
}

void giveByHand(const QString& address, mode_t mode, gid_t group, qint64 maker = ::getpid())
{
    if (isSystemV(address)) {
        shmid_ds status = memoryStatus(maker);
        status.shm_perm.mode = mode;
        status.shm_perm.gid = group;
        QCOMPARE(::shmctl(memoryMadeBy(maker).value(0), IPC_SET, &status), 0);
        return;
    }
    const QByteArray file = SegmentPath(parsed(address)).file;
    QCOMPARE(::chown(file.constData(), static_cast<uid_t>(-1), group), 0);
    QCOMPARE(::chmod(file.constData(), mode), 0);
}

/// Runs the program as a user who is neither us nor in our groups; if we cannot change the user, as us.
Finished asNobody(const QStringList& words)
{
    return runToEnd(channelPeer(),
                    (isRoot() ? QStringList{QStringLiteral("as"), QString::number(nobody)} : QStringList()) +
                        words);
}

} // namespace

void TestAccessRights::Z11_modeIsRead_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("mode");
    QTest::newRow("0644") << QStringLiteral("0644") << 0644;
    QTest::newRow("640") << QStringLiteral("640") << 0640;
    QTest::newRow("0666") << QStringLiteral("0666") << 0666;
    for (const char* wrong : {"", "rw", "0o644", "-644", "+644", " 644", "0684", "00644", "1644",
                              "77777777777777", "0755", "0444", "0244", "4", "0000", "0645"}) {
        QTest::addRow("wrong: '%s'", wrong) << QString::fromLatin1(wrong) << -1;
    }
}

void TestAccessRights::Z11_modeIsRead()
{
    QFETCH(QString, text);
    QFETCH(int, mode);
    const auto read = parseMode(text);
    if (mode >= 0) {
        EXPECT_SUCCESS(read);
        QCOMPARE(int(*read), mode);
        return;
    }
    EXPECT_FAILURE(read, ErrorCode::Usage);
    EXPECT_CONTAINS(read.error().text, text);
    EXPECT_CONTAINS(read.error().text, QStringLiteral("--mode 0644."));
}

void TestAccessRights::Z11_groupIsRead_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isRight");
    const group* own = ::getgrgid(::getegid());
    QTest::newRow("own, by number") << QString::number(::getegid()) << true;
    QTest::newRow("own, by name") << (own != nullptr ? QString::fromLocal8Bit(own->gr_name)
                                                     : QString::number(::getegid()))
                                  << true;
    QTest::newRow("nobody's") << QStringLiteral("no-such-group") << false;
    QTest::newRow("empty") << QString() << false;
    QTest::newRow("negative") << QStringLiteral("-1") << false;
    QTest::newRow("the number that means none") << QStringLiteral("4294967295") << false;
    QTest::newRow("one that we may not give to") << QStringLiteral("1") << isRoot();
}

void TestAccessRights::Z11_groupIsRead()
{
    QFETCH(QString, text);
    QFETCH(bool, isRight);
    const auto read = parseGroup(text);
    if (isRight) {
        EXPECT_SUCCESS(read);
        return;
    }
    EXPECT_FAILURE(read, ErrorCode::Usage);
    EXPECT_CONTAINS(read.error().text, text);
}

void TestAccessRights::Z11_segmentHasWhatWasAskedForWhateverTheUmask_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<AccessRights>("access");
    QTest::addColumn<unsigned>("mode");
    for (const char* scheme : {"posix", "file", "qt", "systemv"}) {
        const QString name = QString::fromLatin1(scheme);
        QTest::addRow("%s, a mode", scheme) << name << AccessRights{0644, {}} << 0644U;
        QTest::addRow("%s, a mode that others may write", scheme) << name << AccessRights{0666, {}} << 0666U;
        QTest::addRow("%s, a group", scheme) << name << AccessRights{{}, otherGroup()} << 0640U;
        QTest::addRow("%s, both", scheme) << name << AccessRights{0660, otherGroup()} << 0660U;
    }
}

void TestAccessRights::Z11_segmentHasWhatWasAskedForWhateverTheUmask()
{
    QFETCH(QString, scheme);
    QFETCH(AccessRights, access);
    QFETCH(unsigned, mode);
    const QString address = m_traces.newAddress(scheme);
    const mode_t before = ::umask(077);
    const auto writer = makeSegmentWriter(parsed(address), Existing::Respect, access).value();
    const QString wanted =
        QStringLiteral("%1 of group %2").arg(mode, 0, 8).arg(access.group.value_or(::getegid()));
    QStringList seen;
    for (uint seed = 1; seed < 4; ++seed) {
        EXPECT_SUCCESS(write(*writer, pattern(qsizetype{1000} * seed, seed)));
        seen.append(rightsOf(address));
    }
    ::umask(before);
    QCOMPARE(seen, QStringList({wanted, wanted, wanted}));
}

void TestAccessRights::Z11_newSegmentKeepsWhatWasGivenToTheOneBefore()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto writer = makeSegmentWriter(parsed(address)).value();
    EXPECT_SUCCESS(write(*writer, pattern(100)));
    giveByHand(address, 0644, otherGroup());
    const QString given = QStringLiteral("644 of group %1").arg(otherGroup());
    QCOMPARE(rightsOf(address), given);
    for (uint seed = 1; seed < 4; ++seed) { // the second file takes its turn: larger, smaller or the same
        EXPECT_SUCCESS(write(*writer, pattern(seed == 3 ? 5000 : 9000, seed)));
        QCOMPARE(rightsOf(address), given);
    }
    if (!isSystemV(address)) {
        QCOMPARE(::unlink(SegmentPath(parsed(address)).file.constData()), 0);
        EXPECT_SUCCESS(write(*writer, pattern(7000)));
        QCOMPARE(rightsOf(address), given);
    }
}

void TestAccessRights::Z11_newSegmentKeepsWhatWasTakenFromTheOneBefore()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const auto writer = makeSegmentWriter(parsed(address), Existing::Respect, {0644, {}}).value();
    EXPECT_SUCCESS(write(*writer, pattern(100)));
    EXPECT_SUCCESS(write(*writer, pattern(200)));
    giveByHand(address, 0600, ::getegid());
    for (uint seed = 1; seed < 4; ++seed) {
        EXPECT_SUCCESS(write(*writer, pattern(qsizetype{9000} * seed, seed)));
        QCOMPARE(rightsOf(address), QStringLiteral("600 of group %1").arg(::getegid()));
    }
}

void TestAccessRights::Z11_segmentOfADeadSenderPassesItsRightsOn()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    PeerProcess sender(channelPeer(), {QStringLiteral("share"), address, QStringLiteral("png"),
                                       fileOf(picture(QStringLiteral("odd")))});
    m_traces.watch(sender);
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    giveByHand(address, 0644, otherGroup(), sender.pid());
    const QString given = QStringLiteral("644 of group %1").arg(otherGroup());
    QCOMPARE(rightsOf(address, sender.pid()), given);
    sender.kill();
    const auto writer = makeSegmentWriter(parsed(address)).value();
    for (uint seed = 1; seed < 4; ++seed) {
        EXPECT_SUCCESS(write(*writer, pattern(qsizetype{1000} * seed, seed)));
        QCOMPARE(rightsOf(address), given);
    }
}

void TestAccessRights::Z11_replacingOnesOwnSegmentKeepsItsRights()
{
    QFETCH(QString, scheme);
    const QString address = m_traces.newAddress(scheme);
    const QImage image = picture(QStringLiteral("odd"));
    Publisher publisher;
    EXPECT_SUCCESS(share(publisher, address, image));
    giveByHand(address, 0644, otherGroup());
    EXPECT_SUCCESS(share(publisher, address, image, ProtocolId::Datastream, Existing::Replace));
    QCOMPARE(rightsOf(address), QStringLiteral("644 of group %1").arg(otherGroup()));
}

void TestAccessRights::Z11_ownersRecordIsNobodyElses()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const auto writer = makeSegmentWriter(parsed(address), Existing::Respect, {0666, {}}).value();
    EXPECT_SUCCESS(write(*writer, pattern(100)));
    const auto record = statusOf(recordOf(hiddenStems(SegmentPath(parsed(address))).front()));
    QVERIFY(record);
    QCOMPARE(record->mode & 07777U, 0600U);
}

void TestAccessRights::Z11_senderTakesTheModeFromItsCommandLine_data()
{
    QTest::addColumn<bool>("isHeadless");
    QTest::addColumn<bool>("isLive");
    for (const bool isHeadless : {true, false}) {
        for (const bool isLive : {true, false}) {
            QTest::addRow("%s, %s", isHeadless ? "headless" : "window", isLive ? "stream" : "picture")
                << isHeadless << isLive;
        }
    }
}

void TestAccessRights::Z11_senderTakesTheModeFromItsCommandLine()
{
    QFETCH(bool, isHeadless);
    QFETCH(bool, isLive);
    const QString address = m_traces.watched(QStringLiteral("posix:/") + uniqueName());
    const QStringList source = isLive ? QStringList{QStringLiteral("--pattern")}
                                      : QStringList{QStringLiteral("--protocol"), QStringLiteral("png"),
                                                    fileOf(picture(QStringLiteral("odd")))};
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), newFolder());
    PeerProcess sender(QStringLiteral(SHMPIX_BIN "/shmpix-sender"),
                       words(address, isHeadless ? "--headless" : "--share") +
                           QStringList{QStringLiteral("--mode"), QStringLiteral("0664"),
                                       QStringLiteral("--group"), QString::number(otherGroup())} +
                           source,
                       environment);
    QTRY_COMPARE_WITH_TIMEOUT(rightsOf(address), QStringLiteral("664 of group %1").arg(otherGroup()), 20000);
    ::kill(static_cast<pid_t>(sender.pid()), SIGTERM);
    QCOMPARE(sender.exitCode(), 0);
}

void TestAccessRights::Z11_senderRefusesWhatCannotBeMeant()
{
    for (const char* rest : {"--pattern --for 0 --mode 0444", "--pattern --for 0 --mode 755",
                             "--pattern --for 0 --group no-such-group"}) {
        const Finished refused = runSender(words(uniqueName(), rest));
        QCOMPARE(refused.exitCode, 2);
        QCOMPARE(refused.err.count('\n'), 1);
        QVERIFY2(refused.err.endsWith(".\n"), refused.err.constData());
    }
}

/// This holds under the lock too, if there is one.
void TestAccessRights::Z11_anotherUserReadsEachPicture()
{
    QFETCH(QString, scheme);
    QCOMPARE(::chmod(qPrintable(temporaryFolder()), 0711), 0);
    const QString address = m_traces.newAddress(scheme);
    Publisher publisher;
    for (const QImage& image : {photo(60, 40), photo(160, 120)}) {
        ShareRequest request{image, parsed(address), ProtocolId::Png};
        request.access = {0644, {}};
        EXPECT_SUCCESS(publisher.share(request));
        const auto loaded = asNobody({QStringLiteral("load"), address, QStringLiteral("/dev/null")});
        QVERIFY2(!loaded.out.contains("error"), loaded.out.constData());
    }
}

void TestAccessRights::Z11_streamStaysReadableInALargerSegment()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publish((*publisher)->frames(), QStringLiteral("32x32:gray8"), 1));
    giveByHand(address, 0644, ::getegid());
    EXPECT_SUCCESS(publish((*publisher)->frames(), QStringLiteral("320x320:gray8"), 2));
    const QString given = QStringLiteral("644 of group %1").arg(::getegid());
    QCOMPARE(rightsOf(address), given);
    QVERIFY(::unlink(SegmentPath(parsed(address)).file.constData()) == 0);
    QVERIFY((*publisher)->lookAfter());
    QCOMPARE(rightsOf(address), given);
}

namespace {

/// Opens the segment as a user without root's rights, so that the mode decides.
OpenMemory openAsOther(const QString& address, const bool& mayRead)
{
    return [open = readableMemory(parsed(address)), address,
            &mayRead]() -> Result<std::unique_ptr<ReadableMemory>> {
        if (!mayRead && QFile::exists(QFile::decodeName(SegmentPath(parsed(address)).file))) {
            return openError(EACCES, parsed(address));
        }
        return open();
    };
}

} // namespace

void TestAccessRights::Z11_readerSaysThatTheStreamGoesOnOutOfReach()
{
    if (!isRoot()) { // only root can make a segment that somebody else may first read and later not
        return Z11_readerFollowsAgainWhenItMay();
    }
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const auto publisher = LivePublisher::make({parsed(address), Existing::Respect, false, {0644, {}}});
    EXPECT_SUCCESS(publish((*publisher)->frames(), QStringLiteral("32x32:gray8"), 1));
    PeerProcess reader(QStringLiteral("setpriv"),
                       QStringList{QStringLiteral("--reuid=65534"), QStringLiteral("--regid=65534"),
                                   QStringLiteral("--clear-groups"),
                                   QStringLiteral(SHMPIX_BIN "/shmpix-receiver"),
                                   QStringLiteral("--headless"), QStringLiteral("--live")} +
                           words(address, "--count 2"));
    QVERIFY2(reader.waitForLine(QStringLiteral("live 32x32")).startsWith(QStringLiteral("live")),
             qPrintable(reader.standardError()));
    giveByHand(address, 0600, ::getegid());
    EXPECT_SUCCESS(publish((*publisher)->frames(), QStringLiteral("320x320:gray8"), 2));
    QString said;
    QTRY_VERIFY_WITH_TIMEOUT((said = reader.standardError()).endsWith(QLatin1Char('\n')), 20000);
    EXPECT_CONTAINS(
        said, QStringLiteral("The stream continues in a segment that you do not have permission to read."));
    EXPECT_CONTAINS(said, QStringLiteral("belongs to user root"));
    EXPECT_CONTAINS(said, QStringLiteral("--mode 0644 or --group NAME"));
    QCOMPARE(said.count(QLatin1Char('\n')), 1);
    giveByHand(address, 0644, ::getegid()); // it continues to check
    QCOMPARE(reader.exitCode(), 0);
}

void TestAccessRights::Z11_readerFollowsAgainWhenItMay()
{
    const QString address = m_traces.newAddress(QStringLiteral("posix"));
    const auto publisher = LivePublisher::make({parsed(address)});
    EXPECT_SUCCESS(publish((*publisher)->frames(), QStringLiteral("32x32:gray8"), 1));
    bool mayRead = true;
    FrameReader reader(openAsOther(address, mayRead));
    QCOMPARE(nextNumber(reader), 1U);
    mayRead = false;
    EXPECT_SUCCESS(publish((*publisher)->frames(), QStringLiteral("320x320:gray8"), 2));
    for (int i = 0; i < 2; ++i) { // it reports this at each check
        QTRY_VERIFY_WITH_TIMEOUT((static_cast<void>(reader.wait(std::chrono::steady_clock::now() +
                                                                std::chrono::milliseconds(100))),
                                  reader.state() == StreamState::Refused),
                                 20000);
        EXPECT_CONTAINS(
            reader.reason().text,
            QStringLiteral("The stream continues in a segment that you do not have permission to read."));
        EXPECT_CONTAINS(reader.reason().text, QStringLiteral("--mode 0644"));
    }
    mayRead = true;
    QCOMPARE(nextNumber(reader), 2U);
    QCOMPARE(reader.state(), StreamState::Open);
}

int tst_accessrights(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestAccessRights>(argc, argv);
}

#include "tst_accessrights.moc"
