#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <unistd.h>

using namespace shmpix::test;

namespace {

Finished list(const QStringList& words)
{
    return runToEnd(QStringLiteral(SHMPIX_BIN "/shmpix-receiver"), words);
}

/// Does the same in a separate mount namespace with an empty /dev/shm, after a shell command there. The other
/// tests use the /dev/shm of the machine.
Finished apart(const QString& before, const QStringList& words)
{
    const QString script =
        QStringLiteral("mount -t tmpfs tmpfs /dev/shm && { %1; } && exec \"$@\"").arg(before);
    QStringList all = {QStringLiteral("--mount"), QStringLiteral("--ipc")};
    if (::geteuid() != 0) {
        all += {QStringLiteral("--user"), QStringLiteral("--map-root-user")};
    }
    all += {QStringLiteral("sh"), QStringLiteral("-ec"), script, QStringLiteral("sh"),
            QStringLiteral(SHMPIX_BIN "/shmpix-receiver")};
    return runToEnd(QStringLiteral("unshare"), all + words);
}

QJsonObject rowOf(const QByteArray& json, const QString& address)
{
    const QJsonArray rows = QJsonDocument::fromJson(json).array();
    for (const QJsonValue& row : rows) {
        if (row.toObject().value(QStringLiteral("address")).toString() == address) {
            return row.toObject();
        }
    }
    return {};
}

QByteArray lineOf(const QByteArray& text, const QString& start)
{
    for (const QByteArray& line : text.split('\n')) {
        if (line.startsWith(start.toUtf8() + ' ')) {
            return line.simplified();
        }
    }
    return {};
}

} // namespace

/// --list and --clean as scripts use them.
class TestListCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theListHasALineForEachSegment();
    void theListHasAnObjectForEachSegment();
    void aNameWithALineBreakStaysOnItsLine();
    void theListNeedsNoDisplay();
    void H7_anEmptyListExplainsIsolation();
    void B13_aDryRunSaysWhatWouldGoAndLeavesIt();
    void B13_cleaningRemovesWhatADeadSenderLeft();
    void B13_cleaningSaysSoWhenThereIsNothing();
    void Z12_cleaningNamesNoProcessThatItsRecordDoesNotName();
    void Z17_anEmptyListIsWholeWhereAnotherOneIs();
    void wordsThatDoNotGoTogetherAreRefused_data();
    void wordsThatDoNotGoTogetherAreRefused();

private:
    [[nodiscard]] QString dieSharing() const;

    QString m_file;
};

void TestListCommands::initTestCase()
{
    m_file = temporaryFolder() + QStringLiteral("/photo.png");
    QVERIFY(picture(QStringLiteral("photo")).save(m_file));
}

void TestListCommands::theListHasALineForEachSegment()
{
    const QString key = uniqueName();
    HeadlessSender sender(
        {QStringLiteral("--key"), key, QStringLiteral("--protocol"), QStringLiteral("bmp"), m_file});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    const qint64 bytes = QFileInfo(shmPath(key)).size();
    const Finished done = list({QStringLiteral("--list")});
    QCOMPARE(done.exitCode, 0);
    QCOMPARE(done.err, QByteArray());
    QVERIFY2(done.out.startsWith("ADDRESS "), done.out.constData());
    const QList<QByteArray> cells = lineOf(done.out, QStringLiteral("posix:/") + key).split(' ');
    QCOMPARE(cells.size(), 9);
    QCOMPARE(cells[1], QByteArray::number(bytes));
    QCOMPARE(cells[2], QByteArray("bmp"));
    QCOMPARE(cells[4], QByteArray("0600"));
    QCOMPARE(cells[5], "alive:" + QByteArray::number(sender.pid()));
    QCOMPARE(cells[6], QByteArray("1"));
    QCOMPARE(cells[8], QByteArray("Shmpix"));
}

void TestListCommands::theListHasAnObjectForEachSegment()
{
    const QString key = uniqueName();
    HeadlessSender sender({QStringLiteral("--key"), key, m_file});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    const Finished done = list({QStringLiteral("--list"), QStringLiteral("--json")});
    QCOMPARE(done.exitCode, 0);
    QCOMPARE(done.out.count('\n'), 1);
    const QJsonObject row = rowOf(done.out, QStringLiteral("posix:/") + key);
    QCOMPARE(row.value(QStringLiteral("name")).toString(), key);
    QCOMPARE(row.value(QStringLiteral("kind")).toString(), QStringLiteral("posix"));
    QCOMPARE(row.value(QStringLiteral("bytes")).toInteger(), QFileInfo(shmPath(key)).size());
    QCOMPARE(row.value(QStringLiteral("mode")).toString(), QStringLiteral("0600"));
    QCOMPARE(row.value(QStringLiteral("maker")).toString(), QStringLiteral("alive"));
    QCOMPARE(row.value(QStringLiteral("process")).toInteger(), sender.pid());
    QCOMPARE(row.value(QStringLiteral("processName")).toString(), QStringLiteral("shmpix-sender"));
    QCOMPARE(row.value(QStringLiteral("attached")).toInt(-1), 1);
    QCOMPARE(row.value(QStringLiteral("protocol")).toString(), QStringLiteral("live"));
    QCOMPARE(row.value(QStringLiteral("producer")).toString(), QStringLiteral("Shmpix"));
    QVERIFY(row.value(QStringLiteral("shmpix")).toBool());
    QVERIFY(!row.value(QStringLiteral("user")).toString().isEmpty());
    QVERIFY(row.value(QStringLiteral("ageSeconds")).toInt(-1) >= 0);
    QVERIFY(row.value(QStringLiteral("made")).toString().endsWith(QLatin1Char('Z')));
}

void TestListCommands::aNameWithALineBreakStaysOnItsLine()
{
    const QString name = uniqueName() + QStringLiteral("\nforged 1 bmp\x1b[31m");
    QFile file(shmPath(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const Finished done = list({QStringLiteral("--list")});
    const Finished json = list({QStringLiteral("--list"), QStringLiteral("--json")});
    QVERIFY(file.remove());
    QVERIFY2(!done.out.contains("\nforged") && !done.out.contains('\x1b'), done.out.constData());
    QVERIFY(!rowOf(json.out, QStringLiteral("posix:/") + name).isEmpty());
}

void TestListCommands::theListNeedsNoDisplay()
{
    QProcessEnvironment noDisplay = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR"}) {
        noDisplay.remove(QString::fromLatin1(name));
    }
    const Finished done =
        runToEnd(QStringLiteral(SHMPIX_BIN "/shmpix-receiver"), {QStringLiteral("--list")}, 60000, noDisplay);
    QCOMPARE(done.exitCode, 0);
    QCOMPARE(done.err, QByteArray());
}

void TestListCommands::H7_anEmptyListExplainsIsolation()
{
    const Finished done = apart(QStringLiteral("true"), {QStringLiteral("--list")});
    QVERIFY2(done.exitCode == 0, done.err.constData());
    for (const char* words :
         {"No shared memory was found on this machine.", "container", "--device=shm", "session"}) {
        QVERIFY2(done.out.contains(words), done.out.constData());
    }
    QCOMPARE(done.out.count('\n'), 1);
    const Finished json = apart(QStringLiteral("true"), {QStringLiteral("--list"), QStringLiteral("--json")});
    QCOMPARE(json.out, QByteArray("[]\n"));
}

QString TestListCommands::dieSharing() const
{
    return QStringLiteral("'%1' --headless --key dead '%2' | { read line; kill -9 $(sed 's/pid //;q' "
                          "/dev/shm/.shmpix.*.owner); }; "
                          "echo stranger > /dev/shm/stranger")
        .arg(QStringLiteral(SHMPIX_BIN "/shmpix-sender"), m_file);
}

void TestListCommands::B13_aDryRunSaysWhatWouldGoAndLeavesIt()
{
    const QString key = uniqueName();
    {
        PeerProcess sender(QStringLiteral(SHMPIX_BIN "/shmpix-sender"),
                           {QStringLiteral("--headless"), QStringLiteral("--key"), key, m_file});
        QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
        sender.kill();
    }
    const qint64 bytes = QFileInfo(shmPath(key)).size();
    const Finished done = list({QStringLiteral("--clean"), QStringLiteral("--dry-run")});
    const bool isThere = QFileInfo::exists(shmPath(key));
    // The next sender takes over and cleans up.
    const Finished next =
        runSender({QStringLiteral("--key"), key, QStringLiteral("--for"), QStringLiteral("0"), m_file});
    QCOMPARE(next.exitCode, 0);
    QCOMPARE(done.exitCode, 0);
    const QByteArray start =
        "would remove segment " + shmPath(key).toUtf8() + ": " + QByteArray::number(bytes) + " bytes, of ";
    QVERIFY2(done.out.contains(start), done.out.constData());
    QVERIFY2(done.out.contains("which is dead"), done.out.constData());
    QVERIFY(isThere);
    QVERIFY(!QFileInfo::exists(shmPath(key)));
}

void TestListCommands::B13_cleaningRemovesWhatADeadSenderLeft()
{
    const Finished done = apart(dieSharing(), {QStringLiteral("--clean")});
    QVERIFY2(done.exitCode == 0, done.err.constData());
    QVERIFY2(done.out.contains("removed segment /dev/shm/dead: "), done.out.constData());
    QVERIFY2(done.out.contains("removed record /dev/shm/.shmpix."), done.out.constData());
    QVERIFY2(!done.out.contains("stranger"), done.out.constData());
    const Finished json = apart(dieSharing(), {QStringLiteral("--clean"), QStringLiteral("--json")});
    const QJsonArray rows = QJsonDocument::fromJson(json.out).array();
    QCOMPARE(rows.size(), 1);
    QVERIFY2(rows.first().toObject().value(QStringLiteral("removed")).toBool(), json.out.constData());
    const Finished left = apart(
        dieSharing() +
            QStringLiteral("; '%1' --clean >/dev/null").arg(QStringLiteral(SHMPIX_BIN "/shmpix-receiver")),
        {QStringLiteral("--list"), QStringLiteral("--json")});
    const QJsonArray strangers = QJsonDocument::fromJson(left.out).array();
    QCOMPARE(strangers.size(), 1);
    QCOMPARE(strangers.first().toObject().value(QStringLiteral("name")).toString(),
             QStringLiteral("stranger"));
}

void TestListCommands::B13_cleaningSaysSoWhenThereIsNothing()
{
    const Finished done = apart(QStringLiteral("true"), {QStringLiteral("--clean")});
    QVERIFY2(done.exitCode == 0, done.err.constData());
    QCOMPARE(done.out, QByteArray("No segments of dead senders were found.\n"));
}

void TestListCommands::Z12_cleaningNamesNoProcessThatItsRecordDoesNotName()
{
    const Finished done = apart(QStringLiteral(": > /dev/shm/.shmpix.$(id -u).0123456789abcdef.owner"),
                                {QStringLiteral("--clean"), QStringLiteral("--dry-run")});
    QVERIFY2(done.exitCode == 0, done.err.constData());
    QVERIFY2(done.out.contains(" by a process that its record does not name, "), done.out.constData());
    QVERIFY2(!done.out.contains("process 0"), done.out.constData());
}

/// Tries each limit of open files: a limit that allows listing a segment must also allow finding that there
/// is none.
void TestListCommands::Z17_anEmptyListIsWholeWhereAnotherOneIs()
{
    int listed = 0;
    for (int limit = 4; limit < 24; ++limit) {
        const QString limited = QStringLiteral("ulimit -n %1").arg(limit);
        const Finished full = apart(QStringLiteral("echo > /dev/shm/one; ") + limited,
                                    {QStringLiteral("--list"), QStringLiteral("--json")});
        const Finished empty = apart(limited, {QStringLiteral("--list"), QStringLiteral("--json")});
        const bool isListed = full.exitCode == 0 && full.out.contains("posix:/one");
        QVERIFY2((empty.exitCode == 0) == isListed,
                 (QByteArray::number(limit) + ": " + empty.err).constData());
        listed += isListed ? 1 : 0;
    }
    QVERIFY(listed > 0);
}

void TestListCommands::wordsThatDoNotGoTogetherAreRefused_data()
{
    QTest::addColumn<QStringList>("words");
    const auto row = [](const char* words) {
        QTest::newRow(words) << QString::fromLatin1(words).split(QLatin1Char(' '));
    };
    row("--list --clean");
    row("--dry-run");
    row("--list --dry-run");
    row("--list --key a");
    row("--clean --key a");
    row("--list --save a.png");
    row("--list --timeout 3");
    row("--clean --protocol bmp");
    row("--list --load");
    row("--list a");
}

void TestListCommands::wordsThatDoNotGoTogetherAreRefused()
{
    QFETCH(QStringList, words);
    const Finished done = list(words);
    QCOMPARE(done.exitCode, 2);
    QCOMPARE(done.err.count('\n'), 1);
    QCOMPARE(done.out, QByteArray());
}

int tst_listcommands(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestListCommands>(argc, argv);
}

#include "tst_listcommands.moc"
