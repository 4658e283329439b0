#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace shmpix::test;

namespace {

QJsonObject objectIn(const QByteArray& line)
{
    return QJsonDocument::fromJson(line).object();
}

} // namespace

/// The interface on which scripts rely: words, exit codes, one line or one object on standard output, and one
/// line on standard error.
class tst_CommandLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void helpAndVersionNeedNoDisplay();
    void mistakesAreRefusedInOneLine_data();
    void mistakesAreRefusedInOneLine();
    void theExitCodeTellsWhatWentWrong_data();
    void theExitCodeTellsWhatWentWrong();
    void jsonHasTheFacts();
    void flippingMirrorsWhatIsSaved_data();
    void flippingMirrorsWhatIsSaved();
    void optionsForHeadlessAreRefusedForAWindow();
    void savingFailsWithTheReason_data();
    void savingFailsWithTheReason();
    void nothingGivenMeansTheKeyShmpixAndLiveFrames();

private:
    QString m_file;
    QImage m_image;
};

void tst_CommandLine::initTestCase()
{
    m_file = temporaryFolder() + QStringLiteral("/odd.png");
    m_image = picture(QStringLiteral("odd"));
    QVERIFY(m_image.save(m_file));
}

void tst_CommandLine::helpAndVersionNeedNoDisplay()
{
    QProcessEnvironment noDisplay = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
        noDisplay.remove(QString::fromLatin1(name));
    }
    for (const char* program : {"shmpix-sender", "shmpix-receiver"}) {
        const QString path = QStringLiteral(SHMPIX_BIN "/") + QString::fromLatin1(program);
        const Finished help = runToEnd(path, {QStringLiteral("--help")}, 60000, noDisplay);
        QCOMPARE(help.exitCode, 0);
        QVERIFY2(help.out.contains("--key") && help.out.contains(program), help.out.constData());
        QVERIFY2(help.out.count('\n') > 10, help.out.constData());
        const Finished version = runToEnd(path, {QStringLiteral("--version")}, 60000, noDisplay);
        QCOMPARE(version.exitCode, 0);
        QVERIFY2(version.out.startsWith(program), version.out.constData());
        const Finished mistake = runToEnd(path, {QStringLiteral("--nonsense")}, 60000, noDisplay);
        QCOMPARE(mistake.exitCode, 2);
    }
}

void tst_CommandLine::mistakesAreRefusedInOneLine_data()
{
    QTest::addColumn<bool>("isSender");
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char* name, bool isSender, const char* words, const char* says) {
        QTest::newRow(name) << isSender << QString::fromUtf8(words).split(QLatin1Char('|'))
                            << QByteArray(says);
    };
    row("no picture", true, "--key|k", "no picture");
    row("two pictures as a file", true, "--protocol|bmp|a.png|b.png", "only one can be shared");
    row("unknown option", true, "--nonsense|a.png", "nonsense");
    row("unknown protocol", true, "--protocol|tiff|a.png", "datastream, rawsize, bmp, png, jpeg");
    row("a layout for a protocol that says itself", false, "--protocol|png|--layout|640x480:bgr8",
        "--layout");
    row("a layout to share as another protocol", true, "--protocol|bmp|--layout|bgr8|a.png", "not for bmp");
    row("a layout without a size", false, "--layout|bgr8", "640x480:bgr8");
    row("a layout of an unknown format", false, "--layout|640x480:abc8", "“abc8”");
    row("count without live", false, "--count|3", "--count and --stdout require --headless --live");
    row("count of no frames", false, "--headless|--live|--count|0", "not a number of frames");
    row("count in words", false, "--headless|--live|--count|many", "not a number of frames");
    row("frames to where", false, "--headless|--live|--stdout|gif", "--stdout y4m or --stdout raw");
    row("load and live", false, "--load|--live", "Leave out one of them");
    row("two numbers in a name", false, "--headless|--live|--save|a%d-%d.png", "one %d");
    row("a word in a name", false, "--headless|--live|--save|a%s.png", "one %d");
    row("a wide number in a name", false, "--headless|--live|--save|a%0123d.png", "one %d");
    row("a lone percent sign", false, "--headless|--live|--save|a.png%", "one %d");
    row("list and live", false, "--list|--live", "--live cannot be combined with --list");
    row("seconds", true, "--for|soon|a.png", "not a number of seconds");
    row("negative seconds", false, "--timeout|-1", "not a number of seconds");
    row("flip", false, "--flip|x", "--flip both");
    row("a word too many", false, "shmpix", "--key shmpix");
    row("Qt option without a window", true, "-platform|offscreen|a.png", "platform");
    row("time for a window", true, "--for|86400000|a.png", "not a number of seconds");
    row("save to nothing", false, "--save|", "is empty");
    row("mode of nothing", false, "--headless|--mode|0644", "--save");
    row("group of nothing", false, "--headless|--group|0", "--save");
    row("empty key", false, "--key|", "key is empty");
    row("slash in the key", false, "--key|a/b", "slash");
    row("relative file", false, "--key|file:a", "full path");
    row("windows", false, "--key|windows:a", "does not have");
}

void tst_CommandLine::mistakesAreRefusedInOneLine()
{
    QFETCH(bool, isSender);
    QFETCH(QStringList, words);
    QFETCH(QByteArray, says);
    const Finished done = isSender ? runSender(words) : runReceiver(words);
    QCOMPARE(done.exitCode, 2);
    QVERIFY2(done.err.contains(says), done.err.constData());
    QCOMPARE(done.err.count('\n'), 1);
    QCOMPARE(done.out, QByteArray());
}

void tst_CommandLine::theExitCodeTellsWhatWentWrong_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("missing file") << QStringLiteral("missing.png") << QByteArray() << 3;
    QTest::newRow("empty file") << QStringLiteral("empty.png") << QByteArray("") << 5;
    QTest::newRow("text file") << QStringLiteral("text.png") << QByteArray("This is no picture.") << 5;
    QTest::newRow("folder without pictures") << QStringLiteral("nothing/") << QByteArray() << 3;
    QByteArray cut = cameraJpeg(200, 100);
    cut.truncate(cut.size() / 2);
    QTest::newRow("cut JPEG") << QStringLiteral("cut.jpg") << cut << 5;
}

void tst_CommandLine::theExitCodeTellsWhatWentWrong()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, content);
    QFETCH(int, exitCode);
    const QString path = temporaryFolder() + QLatin1Char('/') + file;
    if (file.endsWith(QLatin1Char('/'))) {
        QVERIFY(QDir().mkpath(path));
    }
    if (!content.isNull()) {
        QFile out(path);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(content);
    }
    const QString key = uniqueName();
    const Finished done = runSender({QStringLiteral("--key"), key, path});
    QCOMPARE(done.exitCode, exitCode);
    QCOMPARE(done.err.count('\n'), 1);
    QVERIFY(!QFileInfo::exists(shmPath(key)));
}

void tst_CommandLine::jsonHasTheFacts()
{
    const QString key = uniqueName();
    HeadlessSender sender({QStringLiteral("--key"), key, QStringLiteral("--json"),
                           QStringLiteral("--protocol"), QStringLiteral("rawsize"), m_file});
    const QJsonObject shared = objectIn(sender.readLine().toUtf8());
    QCOMPARE(shared.value(QStringLiteral("address")).toString(), QStringLiteral("posix:/") + key);
    QCOMPARE(shared.value(QStringLiteral("protocol")).toString(), QStringLiteral("rawsize"));
    QCOMPARE(shared.value(QStringLiteral("width")).toInt(), 333);
    QCOMPARE(shared.value(QStringLiteral("height")).toInt(), 127);
    QCOMPARE(shared.value(QStringLiteral("bytes")).toInt(), 4 + 333 * 127 * 4);
    const QString saved = temporaryFolder() + QStringLiteral("/facts.png");
    const QJsonObject loaded = objectIn(
        runReceiver({QStringLiteral("--key"), key, QStringLiteral("--json"), QStringLiteral("--save"), saved})
            .out);
    QCOMPARE(loaded.value(QStringLiteral("protocol")).toString(), QStringLiteral("rawsize"));
    QCOMPARE(loaded.value(QStringLiteral("width")).toInt(), 333);
    QCOMPARE(loaded.value(QStringLiteral("saved")).toString(), saved);
    QVERIFY(loaded.value(QStringLiteral("milliseconds")).toDouble() > 0);
    QVERIFY(!loaded.value(QStringLiteral("reason")).toString().isEmpty());
}

void tst_CommandLine::flippingMirrorsWhatIsSaved_data()
{
    QTest::addColumn<QString>("word");
    QTest::addColumn<bool>("horizontal");
    QTest::addColumn<bool>("vertical");
    QTest::newRow("h") << QStringLiteral("h") << true << false;
    QTest::newRow("v") << QStringLiteral("v") << false << true;
    QTest::newRow("both") << QStringLiteral("both") << true << true;
}

void tst_CommandLine::flippingMirrorsWhatIsSaved()
{
    QFETCH(QString, word);
    QFETCH(bool, horizontal);
    QFETCH(bool, vertical);
    const QString key = uniqueName();
    HeadlessSender sender({QStringLiteral("--key"), key, m_file});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    const QString saved = temporaryFolder() + QStringLiteral("/flipped.png");
    QCOMPARE(runReceiver({QStringLiteral("--key"), key, QStringLiteral("--flip"), word,
                          QStringLiteral("--save"), saved})
                 .exitCode,
             0);
    const QImage wanted = m_image.mirrored(horizontal, vertical);
    QVERIFY2(samePixels(QImage(saved), wanted), qPrintable(difference(QImage(saved), wanted)));
}

void tst_CommandLine::optionsForHeadlessAreRefusedForAWindow()
{
    const QString sender = QStringLiteral(SHMPIX_BIN "/shmpix-sender");
    const QString receiver = QStringLiteral(SHMPIX_BIN "/shmpix-receiver");
    QCOMPARE(runToEnd(sender, {QStringLiteral("--json"), m_file}).exitCode, 2);
    QCOMPARE(runToEnd(sender, {QStringLiteral("--replace"), m_file}).exitCode, 2);
    QCOMPARE(runToEnd(receiver, {QStringLiteral("--save"), QStringLiteral("a.png")}).exitCode, 2);
}

void tst_CommandLine::savingFailsWithTheReason_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("a folder") << temporaryFolder() << 4;
    QTest::newRow("no such folder") << temporaryFolder() + QStringLiteral("/none/a.png") << 3;
    QTest::newRow("unknown ending") << temporaryFolder() + QStringLiteral("/a.xyz") << 2;
}

void tst_CommandLine::savingFailsWithTheReason()
{
    QFETCH(QString, path);
    QFETCH(int, exitCode);
    const QString key = uniqueName();
    HeadlessSender sender({QStringLiteral("--key"), key, m_file});
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    const Finished done = runReceiver({QStringLiteral("--key"), key, QStringLiteral("--save"), path});
    QCOMPARE(done.exitCode, exitCode);
    QCOMPARE(done.err.count('\n'), 1);
}

void tst_CommandLine::nothingGivenMeansTheKeyShmpixAndLiveFrames()
{
    if (QFileInfo::exists(shmPath(QStringLiteral("shmpix")))) {
        // Somebody uses the programs on this machine at the moment, which the sender reports.
        QCOMPARE(runSender({m_file}).exitCode, 4);
        return;
    }
    HeadlessSender sender({m_file});
    const QString line = sender.waitForLine(QStringLiteral("shared "));
    QVERIFY2(line.contains(QStringLiteral("as live under posix:/shmpix:")), qPrintable(line));
    QCOMPARE(runReceiver({}).exitCode, 0);
    sender.terminate();
    QCOMPARE(sender.exitCode(), 0);
}

int tst_commandline(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_CommandLine>(argc, argv);
}

#include "tst_commandline.moc"
