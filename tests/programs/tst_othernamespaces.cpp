// Senders that a receiver cannot see: in another process namespace, as in containers, or on a system that
// hides processes. If the state of a sender is not known, it is unknown: a living sender is never called
// dead.
#include "common/segment/systemvnames.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <unistd.h>

using namespace shmpix::test;

namespace {

const QString receiverProgram = QStringLiteral(SHMPIX_BIN "/shmpix-receiver");
const QString senderProgram = QStringLiteral(SHMPIX_BIN "/shmpix-sender");

/// Returns the command that starts a program in such a view of the machine. A user who is not root becomes
/// root of a user namespace.
QStringList placed(const QString& place)
{
    const QStringList user = ::geteuid() == 0
                                 ? QStringList()
                                 : QStringList{QStringLiteral("--user"), QStringLiteral("--map-root-user")};
    const QStringList unshare = QStringList{QStringLiteral("unshare")} + user;
    if (place == QLatin1String("container")) {
        return unshare + QStringList{QStringLiteral("--pid"), QStringLiteral("--fork"),
                                     QStringLiteral("--kill-child"), QStringLiteral("--mount-proc")};
    }
    if (place == QLatin1String("foreign /proc")) {
        return unshare +
               QStringList{QStringLiteral("--pid"), QStringLiteral("--fork"), QStringLiteral("--kill-child")};
    }
    if (place == QLatin1String("no /proc")) {
        return unshare + QStringList{QStringLiteral("--mount"), QStringLiteral("sh"), QStringLiteral("-c"),
                                     QStringLiteral("mount -t tmpfs none /proc && exec \"$@\""),
                                     QStringLiteral("sh")};
    }
    return {};
}

Finished runIn(const QString& place, const QStringList& command)
{
    const QStringList words = placed(place) + command;
    return runToEnd(words.first(), words.mid(1));
}

/// Returns the key as the list shows it. The list cannot recover every key from the key file.
QString listedAddress(const QString& address)
{
    const auto parsed = shmpix::SegmentAddress::parse(address).value();
    return parsed.scheme() == shmpix::SegmentAddress::Scheme::Qt
               ? QStringLiteral("systemv:") + shmpix::SystemVNames(parsed).segmentFile
               : address;
}

/// Returns the row for an address in the output of --list --json.
QJsonObject rowOf(const QByteArray& json, const QString& address)
{
    for (const auto& row : QJsonDocument::fromJson(json).array()) {
        const QString listed = row.toObject().value(QStringLiteral("address")).toString();
        if (listed == address || listed == listedAddress(address)) {
            return row.toObject();
        }
    }
    return {};
}

QString addressOf(const QString& scheme)
{
    return scheme == QLatin1String("posix") ? QStringLiteral("posix:/") + uniqueName()
                                            : uniqueAddress(scheme);
}

QString pictureFile()
{
    const QString file = newFolder() + QStringLiteral("/picture.png");
    picture(QStringLiteral("odd")).save(file);
    return file;
}

} // namespace

class tst_OtherNamespaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void Z12_livingSenderIsNotListedAsDead_data();
    void Z12_livingSenderIsNotListedAsDead();
    void Z12_deadSenderIsStillListedAsDead();
    void Z12_deadSenderOfTheSameContainerIsListedAsDead();
    void Z12_viewerIsNotTakenForTheMaker_data();
    void Z12_viewerIsNotTakenForTheMaker();
    void Z12_cleaningSparesWhatIsUnknown_data();
    void Z12_cleaningSparesWhatIsUnknown();
    void Z12_keyOfASenderElsewhereIsInUse_data();
    void Z12_keyOfASenderElsewhereIsInUse();
    void Z12_takingOverMeetsNoOtherProcess();
};

void tst_OtherNamespaces::Z12_livingSenderIsNotListedAsDead_data()
{
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("scheme");
    for (const char* place : {"container", "foreign /proc", "no /proc"}) {
        for (const char* scheme : {"posix", "qt"}) {
            QTest::addRow("%s, %s", place, scheme)
                << QString::fromLatin1(place) << QString::fromLatin1(scheme);
        }
    }
}

void tst_OtherNamespaces::Z12_livingSenderIsNotListedAsDead()
{
    QFETCH(QString, place);
    QFETCH(QString, scheme);
    const QString address = addressOf(scheme);
    HeadlessSender living(words(address, "--protocol png") + QStringList{pictureFile()});
    QVERIFY2(!living.waitForLine(QStringLiteral("shared ")).isNull(), qPrintable(living.standardError()));
    const Finished json = runIn(place, {receiverProgram, QStringLiteral("--list"), QStringLiteral("--json")});
    QCOMPARE(json.exitCode, 0);
    const bool isListed = scheme == QLatin1String("posix") || place != QLatin1String("no /proc");
    const QJsonObject row = rowOf(json.out, address);
    if (isListed) {
        const QString maker = row.value(QStringLiteral("maker")).toString();
        QVERIFY2(maker == QLatin1String("unknown") || maker == QLatin1String("alive"), json.out.constData());
    }
    const Finished text = runIn(place, {receiverProgram, QStringLiteral("--list")});
    for (const QByteArray& line : text.out.split('\n')) {
        const bool isIts =
            line.startsWith(address.toUtf8() + ' ') || line.startsWith(listedAddress(address).toUtf8() + ' ');
        QVERIFY2(!isIts || !line.contains("dead"), line.constData());
    }
    const Finished outside = runToEnd(receiverProgram, {QStringLiteral("--list"), QStringLiteral("--json")});
    QCOMPARE(rowOf(outside.out, address).value(QStringLiteral("maker")).toString(), QStringLiteral("alive"));
}

/// Looks from a namespace that sees every lock, and from the namespace that owner and reader share.
void tst_OtherNamespaces::Z12_deadSenderIsStillListedAsDead()
{
    const QString address = addressOf(QStringLiteral("posix"));
    {
        HeadlessSender dying(words(address, "--protocol png") + QStringList{pictureFile()});
        QVERIFY(!dying.waitForLine(QStringLiteral("shared ")).isNull());
        dying.kill();
    }
    const Finished outside = runToEnd(receiverProgram, {QStringLiteral("--list"), QStringLiteral("--json")});
    QCOMPARE(rowOf(outside.out, address).value(QStringLiteral("maker")).toString(), QStringLiteral("dead"));
    const Finished again = runSender(words(address, "--protocol png --for 0") + QStringList{pictureFile()});
    QCOMPARE(again.exitCode, 0);
}

void tst_OtherNamespaces::Z12_deadSenderOfTheSameContainerIsListedAsDead()
{
    const QString address = addressOf(QStringLiteral("posix"));
    const Finished listed =
        runIn(QStringLiteral("container"),
              {QStringLiteral("sh"), QStringLiteral("-c"),
               QStringLiteral("\"$1\" --headless --for 0 --keep --protocol png --key \"$3\" \"$4\" >&2 && "
                              "exec \"$2\" --list --json"),
               QStringLiteral("sh"), senderProgram, receiverProgram, address, pictureFile()});
    QCOMPARE(rowOf(listed.out, address).value(QStringLiteral("maker")).toString(), QStringLiteral("dead"));
    const Finished again = runSender(words(address, "--protocol png --for 0") + QStringList{pictureFile()});
    QCOMPARE(again.exitCode, 0);
}

void tst_OtherNamespaces::Z12_viewerIsNotTakenForTheMaker_data()
{
    QTest::addColumn<bool>("isDead");
    QTest::newRow("living") << false;
    QTest::newRow("dead") << true;
}

/// A reader of a stream maps it, too, so a mapping does not prove that an invisible sender lives.
void tst_OtherNamespaces::Z12_viewerIsNotTakenForTheMaker()
{
    QFETCH(bool, isDead);
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--pattern --size 64x16"));
    QVERIFY2(!sender.waitForLine(QStringLiteral("shared ")).isNull(), qPrintable(sender.standardError()));
    if (isDead) {
        sender.kill();
    }
    const Finished listed =
        runIn(QStringLiteral("container"),
              {QStringLiteral("python3"), QStringLiteral("-c"),
               QStringLiteral("import mmap, subprocess, sys\n"
                              "with open(sys.argv[1], 'rb') as file:\n"
                              "    viewed = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)\n"
                              "    sys.exit(subprocess.run([sys.argv[2], '--list', '--json']).returncode)\n"),
               shmPath(key), receiverProgram});
    QVERIFY2(listed.exitCode == 0, listed.err.constData());
    const QJsonObject row = rowOf(listed.out, QStringLiteral("posix:/") + key);
    QCOMPARE(row.value(QStringLiteral("maker")).toString(), QStringLiteral("unknown"));
    QVERIFY2(row.value(QStringLiteral("process")).isNull(), listed.out.constData());
    QCOMPARE(row.value(QStringLiteral("attached")).toInt(), 1);
    if (isDead) {
        const Finished again = runSender(words(key, "--pattern --size 64x16 --for 0"));
        QVERIFY2(again.exitCode == 0, again.err.constData());
    }
}

void tst_OtherNamespaces::Z12_cleaningSparesWhatIsUnknown_data()
{
    QTest::addColumn<QString>("place");
    for (const char* place : {"container", "foreign /proc", "no /proc"}) {
        QTest::newRow(place) << QString::fromLatin1(place);
    }
}

void tst_OtherNamespaces::Z12_cleaningSparesWhatIsUnknown()
{
    QFETCH(QString, place);
    const QString address = addressOf(QStringLiteral("posix"));
    HeadlessSender living(words(address, "--protocol png") + QStringList{pictureFile()});
    QVERIFY(!living.waitForLine(QStringLiteral("shared ")).isNull());
    const QByteArray name = address.mid(QStringLiteral("posix:/").size()).toUtf8();
    const Finished dry =
        runIn(place, {receiverProgram, QStringLiteral("--clean"), QStringLiteral("--dry-run")});
    QCOMPARE(dry.exitCode, 0);
    for (const QByteArray& line : dry.out.split('\n')) {
        QVERIFY2(!line.contains(name) || !line.contains("which is dead"), line.constData());
    }
    // Does not use --clean, which would remove what dead senders of other running tests left.
    QVERIFY(QFileInfo::exists(shmPath(QString::fromUtf8(name))));
}

void tst_OtherNamespaces::Z12_keyOfASenderElsewhereIsInUse_data()
{
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("scheme");
    for (const char* place : {"container", "foreign /proc", "no /proc"}) {
        for (const char* scheme : {"posix", "qt", "systemv"}) {
            QTest::addRow("%s, %s", place, scheme)
                << QString::fromLatin1(place) << QString::fromLatin1(scheme);
        }
    }
}

void tst_OtherNamespaces::Z12_keyOfASenderElsewhereIsInUse()
{
    QFETCH(QString, place);
    QFETCH(QString, scheme);
    const QString address = addressOf(scheme);
    HeadlessSender living(words(address, "--protocol png") + QStringList{pictureFile()});
    QVERIFY2(!living.waitForLine(QStringLiteral("shared ")).isNull(), qPrintable(living.standardError()));
    const Finished second =
        runIn(place, QStringList{senderProgram, QStringLiteral("--headless")} +
                         words(address, "--protocol png --for 0") + QStringList{pictureFile()});
    QVERIFY2(second.exitCode == 4, second.err.constData());
    QVERIFY2(second.err.contains("is in use"), second.err.constData());
    QVERIFY2(second.err.count('\n') == 1, second.err.constData());
    const Finished loaded = runReceiver(words(address, ""));
    QVERIFY2(loaded.exitCode == 0, loaded.err.constData());
}

/// In this namespace, the number in the record belongs to another process, the shell.
void tst_OtherNamespaces::Z12_takingOverMeetsNoOtherProcess()
{
    const QString key = uniqueName();
    HeadlessSender living(words(key, "--pattern --size 64x16"));
    QVERIFY(!living.waitForLine(QStringLiteral("shared ")).isNull());
    const Finished second =
        runIn(QStringLiteral("container"), QStringList{senderProgram, QStringLiteral("--headless")} +
                                               words(key, "--pattern --size 64x16 --take-over --for 0"));
    QVERIFY2(second.exitCode == 4, second.err.constData());
    QVERIFY2(second.err.contains("another container"), second.err.constData());
    QVERIFY(QFileInfo::exists(shmPath(key)));
}

int tst_othernamespaces(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_OtherNamespaces>(argc, argv);
}

#include "tst_othernamespaces.moc"
