// Cleaning up removes the remains of our dead senders, and nothing else. Uses a separate folder, because
// other tests leave dead segments too.
#include "common/listing/deadsegments.h"
#include "tests/support/expect.h"
#include "tests/support/peerprocess.h"
#include "tests/support/pictures.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

class TestDeadSegments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_file = fileOf(picture(QStringLiteral("photo"))); }
    void init();
    void cleanup() { QVERIFY(QDir(m_folder).removeRecursively()); }
    void B13_whatADeadSenderLeftIsRemoved();
    void B13_aDryRunOnlyLooks();
    void B13_aLivingSendersIsNotTouched();
    void B13_aStrangersIsNotTouched();
    void B13_aStrangerInThePlaceOfOursStays();
    void B13_aSenderThatDiedWhileFillingLeavesNothing();
    void B13_whatWasToBeKeptIsRemoved();
    void E3_aRecordThatIsALinkOrAPipeIsLeftAlone();
    void anEmptyOrMissingFolderHasNothing();

private:
    [[nodiscard]] QString address(const QString& name) const
    {
        return QStringLiteral("file:%1/%2").arg(m_folder, name);
    }
    [[nodiscard]] QStringList files() const
    {
        return QDir(m_folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System |
                                        QDir::NoDotAndDotDot);
    }
    [[nodiscard]] std::vector<DeadSegment> clean(Cleaning cleaning) const
    {
        return cleanDeadSegments(QFile::encodeName(m_folder), cleaning);
    }
    [[nodiscard]] std::unique_ptr<PeerProcess> startSender(const QString& name) const;
    [[nodiscard]] bool writeFile(const QString& name) const;
    void die(const QString& name) const;

    QString m_folder;
    QString m_file;
};

void TestDeadSegments::init()
{
    m_folder = QStringLiteral("/dev/shm/") + uniqueName();
    QVERIFY(QDir().mkdir(m_folder));
}

std::unique_ptr<PeerProcess> TestDeadSegments::startSender(const QString& name) const
{
    return std::make_unique<PeerProcess>(
        channelPeer(), QStringList{QStringLiteral("share"), address(name), QStringLiteral("png"), m_file});
}

bool TestDeadSegments::writeFile(const QString& name) const
{
    QFile file(m_folder + QLatin1Char('/') + name);
    return file.open(QIODevice::WriteOnly) && file.write("pid 1\n1 2 3\n") > 0;
}

void TestDeadSegments::die(const QString& name) const
{
    const auto sender = startSender(name);
    QVERIFY(!sender->waitForLine(QStringLiteral("shared ")).isNull());
    sender->kill();
}

void TestDeadSegments::B13_whatADeadSenderLeftIsRemoved()
{
    die(QStringLiteral("dead"));
    const qint64 bytes = QFileInfo(m_folder + QStringLiteral("/dead")).size();
    const auto removed = clean(Cleaning::Remove);
    QCOMPARE(removed.size(), std::size_t{1});
    const DeadSegment& dead = removed.front();
    QVERIFY(dead.isRemoved);
    QVERIFY(dead.process > 0);
    QVERIFY(!dead.userName.isEmpty());
    QVERIFY(qAbs(QDateTime::currentSecsSinceEpoch() - dead.written) < 300);
    QCOMPARE(dead.files.size(), std::size_t{2});
    QCOMPARE(dead.files[0].part, DeadSegment::File::Part::Segment);
    QCOMPARE(dead.files[0].bytes, bytes);
    QCOMPARE(dead.files[1].part, DeadSegment::File::Part::Record);
    QCOMPARE(files(), QStringList());
}

void TestDeadSegments::B13_aDryRunOnlyLooks()
{
    die(QStringLiteral("dead"));
    const QStringList before = files();
    const auto found = clean(Cleaning::DryRun);
    QCOMPARE(found.size(), std::size_t{1});
    QVERIFY(!found.front().isRemoved);
    QCOMPARE(found.front().files.size(), std::size_t{2});
    QCOMPARE(files(), before);
}

void TestDeadSegments::B13_aLivingSendersIsNotTouched()
{
    die(QStringLiteral("dead"));
    const auto sender = startSender(QStringLiteral("living"));
    QVERIFY(!sender->waitForLine(QStringLiteral("shared ")).isNull());
    QCOMPARE(clean(Cleaning::DryRun).size(), std::size_t{1});
    QCOMPARE(clean(Cleaning::Remove).size(), std::size_t{1});
    QVERIFY(files().contains(QStringLiteral("living")));
    QVERIFY(!files().contains(QStringLiteral("dead")));
    EXPECT_SUCCESS(load(address(QStringLiteral("living"))));
    sender->writeLine(QString());
    QCOMPARE(sender->exitCode(), 0);
    QCOMPARE(files(), QStringList());
}

void TestDeadSegments::B13_aStrangersIsNotTouched()
{
    // These only look like ours: a name too short, another user's, a second segment without a record.
    const QString ours = QStringLiteral(".shmpix.%1.").arg(::getuid());
    const QStringList names = {QStringLiteral(".shmpix.99999.0123456789abcdef.owner"),
                               ours + QStringLiteral("0.owner"),
                               ours + QStringLiteral("0123456789abcdef.spare"), QStringLiteral("stranger")};
    for (const QString& name : names) {
        QVERIFY(writeFile(name));
    }
    QCOMPARE(clean(Cleaning::Remove).size(), std::size_t{0});
    QStringList left = files();
    left.sort();
    QStringList wanted = names;
    wanted.sort();
    QCOMPARE(left, wanted);
}

void TestDeadSegments::B13_aStrangerInThePlaceOfOursStays()
{
    die(QStringLiteral("dead"));
    QVERIFY(QFile::remove(m_folder + QStringLiteral("/dead")));
    QVERIFY(writeFile(QStringLiteral("dead")));
    const auto removed = clean(Cleaning::Remove);
    QCOMPARE(removed.size(), std::size_t{1});
    QCOMPARE(removed.front().files.size(), std::size_t{1});
    QCOMPARE(removed.front().files[0].part, DeadSegment::File::Part::Record);
    QCOMPARE(files(), QStringList(QStringLiteral("dead")));
}

void TestDeadSegments::B13_aSenderThatDiedWhileFillingLeavesNothing()
{
    PeerProcess sender(channelPeer(), {QStringLiteral("crash"), address(QStringLiteral("dead")),
                                       QStringLiteral("bmp"), m_file, m_file, QStringLiteral("first-half")});
    QCOMPARE(sender.exitCode(), -1);
    QCOMPARE(files().size(), 2);
    const auto removed = clean(Cleaning::Remove);
    QCOMPARE(removed.size(), std::size_t{1});
    QCOMPARE(removed.front().files[0].part, DeadSegment::File::Part::Spare);
    QCOMPARE(files(), QStringList());
}

void TestDeadSegments::B13_whatWasToBeKeptIsRemoved()
{
    const auto sender = startSender(QStringLiteral("kept"));
    QVERIFY(!sender->waitForLine(QStringLiteral("shared ")).isNull());
    sender->writeLine(QStringLiteral("keep"));
    QVERIFY(!sender->waitForLine(QStringLiteral("keeping")).isNull());
    sender->writeLine(QString());
    QCOMPARE(sender->exitCode(), 0);
    EXPECT_SUCCESS(load(address(QStringLiteral("kept"))));
    QCOMPARE(clean(Cleaning::Remove).size(), std::size_t{1});
    QCOMPARE(files(), QStringList());
}

void TestDeadSegments::E3_aRecordThatIsALinkOrAPipeIsLeftAlone()
{
    const QByteArray record =
        QFile::encodeName(m_folder) + "/.shmpix." + QByteArray::number(::getuid()) + ".0123456789abcde";
    QVERIFY(writeFile(QStringLiteral("target")));
    QCOMPARE(::symlink("target", (record + "0.owner").constData()), 0);
    QCOMPARE(::mkfifo((record + "1.owner").constData(), 0600), 0);
    QCOMPARE(clean(Cleaning::Remove).size(), std::size_t{0});
    QCOMPARE(files().size(), 3);
}

void TestDeadSegments::anEmptyOrMissingFolderHasNothing()
{
    QCOMPARE(clean(Cleaning::Remove).size(), std::size_t{0});
    QCOMPARE(cleanDeadSegments("/nowhere", Cleaning::Remove).size(), std::size_t{0});
}

int tst_deadsegments(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestDeadSegments>(argc, argv);
}

#include "tst_deadsegments.moc"
