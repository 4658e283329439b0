#include "tests/sender/livereading.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

namespace {

QByteArray recordOf(const QString& folder)
{
    const QStringList records =
        QDir(folder).entryList({QStringLiteral(".shmpix.*.owner")}, QDir::Files | QDir::Hidden);
    return records.size() == 1 ? QFile::encodeName(folder + QLatin1Char('/') + records.first())
                               : QByteArray();
}

} // namespace

/// Streams whose address is removed, belongs to another program, or has no room.
class tst_LiveSenderFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void B8_aRemovedSegmentComesBack();
    void B10_aSecondSenderIsRefusedAndTheFirstNamed();
    void B10_takingOverEndsTheFirst();
    void B11_anotherProcessWithTheNumberOfADeadSenderIsLeftAlone();
    void D1_aFullFolderIsNoSpace();
    void D3_aLimitOfFileSizesIsRefusedInWords();
};

void tst_LiveSenderFaults::B8_aRemovedSegmentComesBack()
{
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--pattern --size 64x16"));
    LiveReading reading(key);
    const auto before = reading.next();
    QVERIFY(before);
    QVERIFY(QFile::remove(shmPath(key)));
    QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(shmPath(key)), 20000);
    const auto after = LiveReading(key).next();
    QVERIFY(after);
    QCOMPARE(after->info.session, before->info.session);
    QTRY_VERIFY_WITH_TIMEOUT(sender.standardError().contains(QStringLiteral("removed posix:/") + key), 20000);
}

void tst_LiveSenderFaults::B10_aSecondSenderIsRefusedAndTheFirstNamed()
{
    const QString key = uniqueName();
    HeadlessSender first(words(key, "--pattern --size 64x16"));
    QVERIFY(!first.waitForLine(QStringLiteral("shared ")).isNull());
    const Finished second = runSender(words(key, "--pattern --size 64x16"));
    QCOMPARE(second.exitCode, 4);
    QVERIFY2(
        second.err.contains("shmpix-sender (process " + QByteArray::number(first.pid()) + ", started 20"),
        second.err.constData());
    QVERIFY(LiveReading(key).next());
}

void tst_LiveSenderFaults::B10_takingOverEndsTheFirst()
{
    const QString key = uniqueName();
    HeadlessSender first(words(key, "--pattern --size 64x16"));
    QVERIFY(!first.waitForLine(QStringLiteral("shared ")).isNull());
    LiveReading reading(key);
    const auto before = reading.next();
    QVERIFY(before);
    HeadlessSender second(words(key, "--pattern --size 64x16 --take-over"));
    QVERIFY(!second.waitForLine(QStringLiteral("shared ")).isNull());
    QCOMPARE(first.exitCode(), 0);
    auto after = reading.next();
    while (after && after->info.session == before->info.session) {
        after = reading.next();
    }
    QVERIFY(after);
}

void tst_LiveSenderFaults::B11_anotherProcessWithTheNumberOfADeadSenderIsLeftAlone()
{
    const QString folder = newFolder();
    const QString address = QStringLiteral("file:%1/s").arg(folder);
    PeerProcess bystander(QStringLiteral("cat"));
    QVERIFY(bystander.pid() > 0);
    {
        HeadlessSender killed(words(address, "--pattern --size 64x16"));
        QVERIFY(!killed.waitForLine(QStringLiteral("shared ")).isNull());
        killed.kill();
    }
    QFile record(QFile::decodeName(recordOf(folder)));
    QVERIFY(record.open(QIODevice::ReadWrite));
    QByteArray text = record.readAll();
    const qsizetype size = text.size();
    text.replace(0, text.indexOf('\n'), "pid " + QByteArray::number(bystander.pid()));
    QVERIFY(record.seek(0));
    record.write(text.leftJustified(size, '\n', true));
    record.close();

    HeadlessSender second(words(address, "--pattern --size 64x16 --take-over"));
    QVERIFY(!second.waitForLine(QStringLiteral("shared ")).isNull());
    bystander.writeLine(QStringLiteral("alive"));
    QCOMPARE(bystander.readLine(), QStringLiteral("alive"));
}

void tst_LiveSenderFaults::D1_aFullFolderIsNoSpace()
{
    const QString folder = newFolder();
    const bool isRoot = ::geteuid() == 0;
    const QStringList apart = QStringList{
        isRoot ? QStringLiteral("-m") : QStringLiteral("-Urm"), QStringLiteral("sh"), QStringLiteral("-c"),
        QStringLiteral("mount -t tmpfs -o size=1m none \"$0\" && exec \"$@\""), folder};
    const bool canMount =
        runToEnd(QStringLiteral("unshare"), apart + QStringList(QStringLiteral("true"))).exitCode == 0;
    // If mounting is not allowed, the test uses a size for which hardly any folder has room.
    const QStringList stream =
        words(QStringLiteral("file:%1/s").arg(folder),
              canMount ? "--headless --pattern --size 1920x1080" : "--headless --pattern --size 16000x16000");
    const Finished finished =
        canMount ? runToEnd(QStringLiteral("unshare"),
                            apart + QStringList(QStringLiteral(SHMPIX_BIN "/shmpix-sender")) + stream)
                 : runToEnd(QStringLiteral(SHMPIX_BIN "/shmpix-sender"), stream);
    QVERIFY2(finished.exitCode == 6, finished.err.constData());
    QVERIFY2(finished.err.contains(QFile::encodeName(folder)), finished.err.constData());
    QVERIFY(QDir(folder).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
}

void tst_LiveSenderFaults::D3_aLimitOfFileSizesIsRefusedInWords()
{
    const QString folder = newFolder();
    const Finished finished = runToEnd(
        QStringLiteral("sh"),
        QStringList{QStringLiteral("-c"), QStringLiteral("ulimit -f 1000; exec \"$@\""), QStringLiteral("sh"),
                    QStringLiteral(SHMPIX_BIN "/shmpix-sender"), QStringLiteral("--headless")} +
            words(QStringLiteral("file:%1/s").arg(folder), "--pattern --size 1920x1080"));
    QVERIFY2(finished.exitCode == 6, finished.err.constData());
    QVERIFY2(finished.err.startsWith("shmpix-sender: "), finished.err.constData());
    QVERIFY(QDir(folder).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
}

int tst_livesenderfaults(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_LiveSenderFaults>(argc, argv);
}

#include "tst_livesenderfaults.moc"
