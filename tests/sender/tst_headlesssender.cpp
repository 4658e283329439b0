#include "tests/support/filememory.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <csignal>

#include <sys/stat.h>

using namespace shmpix::test;

/// How long a sender without a window shares a picture, and how it treats an object that already has the
/// name.
class tst_HeadlessSender : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theSenderPrintsALineAndCleansUpOnASignal_data();
    void theSenderPrintsALineAndCleansUpOnASignal();
    void aPictureTakesNoMoreThanItsOwnMemory();
    void theSenderEndsByItselfAfterTheTimeGiven();
    void whatIsKeptStaysAndIsTakenOver();
    void aSecondSenderIsRefusedAndTheFirstIsNamed();
    void aForeignSegmentIsReplacedOnlyWhenAsked();
    void aFileThatTookTheNumberOfALostSegmentIsNotOurs();
    void aTakeOverThatFailedCanBeTriedAgain();

private:
    QString m_file;
};

void tst_HeadlessSender::initTestCase()
{
    m_file = temporaryFolder() + QStringLiteral("/odd.png");
    QVERIFY(picture(QStringLiteral("odd")).save(m_file));
}

void tst_HeadlessSender::theSenderPrintsALineAndCleansUpOnASignal_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
}

void tst_HeadlessSender::theSenderPrintsALineAndCleansUpOnASignal()
{
    QFETCH(int, signal);
    const QString key = uniqueName();
    HeadlessSender sender({QStringLiteral("--key"), key, m_file});
    const QString line = sender.readLine();
    QVERIFY2(line.startsWith(QStringLiteral("shared 333x127 ")), qPrintable(line));
    struct stat status = {};
    QCOMPARE(::stat(qPrintable(shmPath(key)), &status), 0);
    QCOMPARE(status.st_mode & 07777, 0600U);
    QCOMPARE(::kill(static_cast<pid_t>(sender.pid()), signal), 0);
    QCOMPARE(sender.exitCode(), 0);
    QVERIFY(!QFileInfo::exists(shmPath(key)));
}

void tst_HeadlessSender::aPictureTakesNoMoreThanItsOwnMemory()
{
    const QString file = temporaryFolder() + QStringLiteral("/large.png");
    const QImage image = photo(1600, 1000).convertToFormat(QImage::Format_RGB32);
    QVERIFY(image.save(file));
    const QString key = uniqueName();
    HeadlessSender sender({QStringLiteral("--key"), key, file});
    const QString line = sender.readLine();
    QVERIFY2(line.contains(QStringLiteral(" as live ")), qPrintable(line));
    const auto isOwn = [&] {
        const qint64 memory = memoryOf(shmPath(key));
        return memory >= image.sizeInBytes() && memory <= image.sizeInBytes() * 11 / 10;
    };
    QVERIFY2(isOwn(), qPrintable(QString::number(memoryOf(shmPath(key)))));
    const QStringList readers[] = {{QStringLiteral("--key"), key, QStringLiteral("--save"),
                                    temporaryFolder() + QStringLiteral("/got.png")},
                                   {QStringLiteral("--list")},
                                   {QStringLiteral("--doctor"), key}};
    for (const QStringList& arguments : readers) {
        const Finished read = runReceiver(arguments);
        QVERIFY2(read.exitCode == 0, read.err.constData());
        QVERIFY2(isOwn(), qPrintable(QString::number(memoryOf(shmPath(key)))));
    }
}

void tst_HeadlessSender::theSenderEndsByItselfAfterTheTimeGiven()
{
    const QString key = uniqueName();
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(runSender({QStringLiteral("--key"), key, QStringLiteral("--for"), QStringLiteral("0.3"), m_file})
                 .exitCode,
             0);
    QVERIFY(timer.elapsed() >= 300);
    QVERIFY(!QFileInfo::exists(shmPath(key)));
}

void tst_HeadlessSender::whatIsKeptStaysAndIsTakenOver()
{
    for (const QString& scheme : {QStringLiteral("posix"), QStringLiteral("qt"), QStringLiteral("systemv")}) {
        const QString address = uniqueAddress(scheme);
        const QStringList share = {QStringLiteral("--key"), address, QStringLiteral("--for"),
                                   QStringLiteral("0"), m_file};
        QCOMPARE(runSender(share + QStringList{QStringLiteral("--keep")}).exitCode, 0);
        QCOMPARE(runReceiver({QStringLiteral("--key"), address}).exitCode, 0);
        QCOMPARE(runSender(share).exitCode, 0);
        QCOMPARE(runReceiver({QStringLiteral("--key"), address}).exitCode, 3);
    }
}

void tst_HeadlessSender::aSecondSenderIsRefusedAndTheFirstIsNamed()
{
    for (const QString& scheme : {QStringLiteral("posix"), QStringLiteral("qt")}) {
        const QString address = uniqueAddress(scheme);
        HeadlessSender first({QStringLiteral("--key"), address, m_file});
        QVERIFY(!first.waitForLine(QStringLiteral("shared ")).isNull());
        const Finished second =
            runSender({QStringLiteral("--key"), address, QStringLiteral("--replace"), m_file});
        QCOMPARE(second.exitCode, 4);
        QVERIFY2(second.err.contains("shmpix-sender (process " + QByteArray::number(first.pid())),
                 second.err.constData());
    }
}

void tst_HeadlessSender::aForeignSegmentIsReplacedOnlyWhenAsked()
{
    const QString key = uniqueName();
    QFile foreign(shmPath(key));
    QVERIFY(foreign.open(QIODevice::WriteOnly));
    foreign.write("somebody else's");
    foreign.close();
    const Finished refused = runSender({QStringLiteral("--key"), key, m_file});
    QCOMPARE(refused.exitCode, 4);
    QVERIFY2(refused.err.contains("Replace"), refused.err.constData());
    QVERIFY(foreign.open(QIODevice::ReadOnly));
    QCOMPARE(foreign.readAll(), QByteArray("somebody else's"));
    QCOMPARE(runSender({QStringLiteral("--key"), key, QStringLiteral("--replace"), QStringLiteral("--for"),
                        QStringLiteral("0"), m_file})
                 .exitCode,
             0);
    QVERIFY(!QFileInfo::exists(shmPath(key)));
}

void tst_HeadlessSender::aFileThatTookTheNumberOfALostSegmentIsNotOurs()
{
    const QString path = temporaryFolder() + QStringLiteral("/kept");
    const QStringList share = {QStringLiteral("--key"), QStringLiteral("file:") + path,
                               QStringLiteral("--for"), QStringLiteral("0"), m_file};
    QCOMPARE(runSender(share + QStringList{QStringLiteral("--keep")}).exitCode, 0);
    QVERIFY(QFile::remove(path));
    QFile own(path); // some file systems reuse the inode
    QVERIFY(own.open(QIODevice::WriteOnly));
    own.write("my own data");
    own.close();
    QCOMPARE(runSender(share).exitCode, 4);
    QVERIFY(own.open(QIODevice::ReadOnly));
    QCOMPARE(own.readAll(), QByteArray("my own data"));
}

void tst_HeadlessSender::aTakeOverThatFailedCanBeTriedAgain()
{
    const QDir folder(temporaryFolder());
    QVERIFY(folder.mkdir(QStringLiteral("takeover")));
    const QDir place(folder.filePath(QStringLiteral("takeover")));
    const QString address = QStringLiteral("file:") + place.filePath(QStringLiteral("segment"));
    const QStringList share = {QStringLiteral("--key"), address, m_file};
    HeadlessSender killed(share);
    QVERIFY(!killed.waitForLine(QStringLiteral("shared ")).isNull());
    killed.kill();
    const QStringList records =
        place.entryList({QStringLiteral(".shmpix.*.owner")}, QDir::Files | QDir::Hidden);
    QCOMPARE(records.size(), 1);
    QStringList spares; // block all names for spare files
    for (const char* ending : {".spare", ".2.spare", ".3.spare", ".4.spare", ".5.spare", ".6.spare",
                               ".7.spare", ".8.spare", ".9.spare"}) {
        spares += QString(records.first()).replace(QStringLiteral(".owner"), QString::fromLatin1(ending));
        QVERIFY(place.mkdir(spares.last()));
    }
    const Finished refused = runSender(share);
    QVERIFY2(refused.exitCode == 4 && refused.err.contains(spares.first().toUtf8()), refused.err.constData());
    for (const QString& spare : spares) {
        QVERIFY(place.rmdir(spare));
    }
    const Finished again = runSender(share + QStringList{QStringLiteral("--for"), QStringLiteral("0")});
    QVERIFY2(again.exitCode == 0, again.err.constData());
    QVERIFY2(place.isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             "something was left behind");
}

int tst_headlesssender(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_HeadlessSender>(argc, argv);
}

#include "tst_headlesssender.moc"
