// The built receiver in live mode without a window: counts, exit codes, files and standard output.
#include "common/channel/livepublisher.h"
#include "tests/support/framepattern.h"
#include "tests/support/peerprocess.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace shmpix;
using namespace shmpix::test;

namespace {

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

/// The receiver in a separate process, live and headless.
class LiveReceiver : public PeerProcess
{
public:
    explicit LiveReceiver(const QString& key, const QStringList& more = {})
        : PeerProcess(QStringLiteral(SHMPIX_BIN "/shmpix-receiver"),
                      QStringList{text("--headless"), text("--live"), text("--key"), key} + more)
    {
    }

    void signal(int number) const { ::kill(pid_t(pid()), number); }
};

} // namespace

class TestLiveReceiver : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_key = uniqueName(); }
    void cleanup()
    {
        if (m_writer) { // if it is told to end, it removes its files; a killed process would leave its record
            m_writer->writeLine({});
            static_cast<void>(m_writer->exitCode());
            m_writer.reset();
        }
        QFile::remove(text("/dev/shm/") + m_key);
    }

    void countsAreReportedAsJson()
    {
        write(60, {text("320x240:bgr8")});
        const Finished finished = receive({text("--count"), text("120"), text("--json")});
        QCOMPARE(finished.exitCode, 0);
        const QJsonObject report = QJsonDocument::fromJson(finished.out).object();
        QCOMPARE(report[text("frames")].toInt(), 120);
        QCOMPARE(report[text("checked")].toInt(), 120);
        QCOMPARE(report[text("torn")].toInt(), 0);
        QCOMPARE(report[text("damaged")].toInt(), 0);
        QCOMPARE(report[text("duplicates")].toInt(), 0);
        QCOMPARE(report[text("picture")].toString(), text("320x240:bgr8"));
        const double p50 = report[text("latencyP50Ms")].toDouble(-1);
        const double p99 = report[text("latencyP99Ms")].toDouble(-1);
        const double most = report[text("latencyMaxMs")].toDouble(-1);
        QVERIFY2(p50 > 0 && p50 <= p99 && p99 <= most, finished.out.constData());
        QVERIFY2(report[text("fps")].toDouble() > 0, finished.out.constData());
        qInfo("%s", finished.out.trimmed().constData());
    }

    void linesSayWhatCame()
    {
        write(60, {text("320x240:bgr8")});
        const Finished finished = receive({text("--count"), text("5")});
        QCOMPARE(finished.exitCode, 0);
        const QList<QByteArray> lines = finished.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 2);
        QVERIFY2(lines[0].startsWith("live 320x240 "), lines[0].constData());
        QVERIFY2(lines[1].startsWith("live 5 frames from posix:/"), lines[1].constData());
        QVERIFY2(lines[1].contains("5 checked, 0 torn"), lines[1].constData());
    }

    void B1_framesThatDoNotComeAreATimeOut()
    {
        const Finished finished = receive({text("--count"), text("3"), text("--timeout"), text("0.3")});
        QCOMPARE(finished.exitCode, 7);
        QVERIFY2(finished.err.contains("0 of 3 frames arrived within 0.3 seconds"), finished.err.constData());
    }

    void B3_tooFewFramesAreATimeOut()
    {
        write(60, {text("320x240:bgr8")});
        LiveReceiver receiver(m_key, {text("--count"), text("1000000"), text("--timeout"), text("2")});
        QVERIFY(receiver.waitForLine(text("live ")).startsWith(text("live ")));
        m_writer->writeLine({});
        QCOMPARE(m_writer->exitCode(), 0);
        QCOMPARE(receiver.exitCode(), 7);
    }

    void B4_framesOfTheNextSenderAreReadAfterAKill()
    {
        write(60, {text("320x240:rgba8")});
        LiveReceiver receiver(m_key, {text("--count"), text("100"), text("--timeout"), text("60")});
        QVERIFY(receiver.waitForLine(text("live ")).startsWith(text("live ")));
        m_writer->kill();
        write(60, {text("320x240:rgba8")});
        QCOMPARE(receiver.exitCode(), 0);
    }

    void withoutACountItRunsUntilItIsAskedToEnd_data()
    {
        QTest::addColumn<int>("number");
        QTest::newRow("SIGINT") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
    }

    void withoutACountItRunsUntilItIsAskedToEnd()
    {
        QFETCH(int, number);
        write(60, {text("320x240:bgr8")});
        LiveReceiver receiver(m_key);
        QVERIFY(receiver.waitForLine(text("live 320x240")).startsWith(text("live ")));
        receiver.signal(number);
        QVERIFY(receiver.waitForLine(text("live ")).contains(text(" checked, ")));
        QCOMPARE(receiver.exitCode(), 0);
    }

    void A16_aDamagedFrameIsAnErrorAtTheEnd()
    {
        const auto publisher = LivePublisher::make({*SegmentAddress::parse(m_key), Existing::Respect, true});
        QVERIFY(publisher);
        FrameWriter& frames = (*publisher)->frames();
        const auto room = frames.begin(*parseLayout(text("64x48:rgba8")));
        QVERIFY(room);
        fillFrame(*room, 1);
        frames.publish();
        QFile file(text("/dev/shm/") + m_key);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(frames.ring()->pixelsAt(0)) && file.write("damage") == 6);
        file.close();
        const Finished finished = receive({text("--count"), text("1"), text("--timeout"), text("0.5")});
        QCOMPARE(finished.exitCode, 5);
        QVERIFY2(finished.err.contains("damaged"), finished.err.constData());
    }

    void whatIsNoPictureIsRefused()
    {
        QFile file(text("/dev/shm/") + m_key);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(4096, '\xff')) == 4096);
        file.close();
        const Finished finished = receive({text("--count"), text("3")});
        QCOMPARE(finished.exitCode, 5);
        QVERIFY(!finished.err.isEmpty());
    }

    void C3_foreignPicturesAreReadAndNotCalledChecked()
    {
        QFile file(text("/dev/shm/") + m_key);
        QVERIFY(file.open(QIODevice::WriteOnly) && photo(64, 48).save(&file, "PNG"));
        file.close();
        const Finished finished = receive({text("--count"), text("1"), text("--json")});
        QCOMPARE(finished.exitCode, 0);
        const QJsonObject report = QJsonDocument::fromJson(finished.out).object();
        QCOMPARE(report[text("frames")].toInt(), 1);
        QCOMPARE(report[text("checked")].toInt(), 0);
        QVERIFY(report[text("latencyP50Ms")].isNull());
    }

    void I3_aReceiverThatWasStoppedReadsTheNewestAndNothingInBetween()
    {
        write(120, {text("320x240:bgr8")});
        LiveReceiver receiver(m_key);
        QVERIFY(receiver.waitForLine(text("live 320x240")).startsWith(text("live ")));
        receiver.signal(SIGSTOP);
        LiveReceiver meanwhile(m_key, {text("--count"), text("200")}); // nearly two seconds
        QCOMPARE(meanwhile.exitCode(), 0);
        receiver.signal(SIGCONT);
        LiveReceiver after(m_key, {text("--count"), text("20")});
        QCOMPARE(after.exitCode(), 0);
        receiver.signal(SIGINT);
        const QString line = receiver.waitForLine(text("live "));
        const auto number = [&line](const char* what) {
            const QStringList words = line.split(QLatin1Char(' '));
            return words.value(words.indexOf(text(what)) - 1).toInt();
        };
        QVERIFY2(number("missed,") >= 150, qPrintable(line));
        QCOMPARE(receiver.exitCode(), 0);
    }

    void framesAreSavedUnderTheirNumbers()
    {
        write(30, {text("64x48:rgba8")});
        const QTemporaryDir folder;
        const Finished finished =
            receive({text("--count"), text("4"), text("--save"), folder.path() + text("/frame-%03d.png")});
        QCOMPARE(finished.exitCode, 0);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files),
                 QStringList({text("frame-001.png"), text("frame-002.png"), text("frame-003.png"),
                              text("frame-004.png")}));
        QCOMPARE(QImage(folder.path() + text("/frame-004.png")).size(), QSize(64, 48));
    }

    void withoutANumberTheLastFrameWins()
    {
        write(30, {text("64x48:rgba8")});
        const QTemporaryDir folder;
        QCOMPARE(
            receive({text("--count"), text("4"), text("--save"), folder.path() + text("/last.png")}).exitCode,
            0);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList({text("last.png")}));
    }

    void aFolderThatIsNotThereIsAnError()
    {
        write(30, {text("64x48:rgba8")});
        QCOMPARE(receive({text("--count"), text("4"), text("--save"), text("/nonexistent/%d.png")}).exitCode,
                 3);
    }

    void rawFramesOnStandardOutputAreTheFramesAndNothingElse()
    {
        write(60, {text("64x48:rgba8")});
        const Finished finished = receive({text("--count"), text("20"), text("--stdout"), text("raw")});
        QCOMPARE(finished.exitCode, 0);
        constexpr qsizetype each = qsizetype{64} * 48 * 4;
        QCOMPARE(finished.out.size(), 20 * each);
        QVERIFY2(finished.err.startsWith("live 20 frames from "), finished.err.constData());
        quint64 number = 0; // the number of the first frame is not known
        for (int i = 0; i < 20; ++i) {
            const auto bytes =
                std::as_bytes(std::span(finished.out.constData() + i * each, std::size_t(each)));
            const quint64 first = number + 1;
            for (number = first; number < first + 2000 && !isFrame(bytes, number); ++number) {
            }
            QVERIFY2(number < first + 2000, qPrintable(QString::number(i)));
        }
    }

    void y4mOnStandardOutputHasAHeaderAndWholeFrames()
    {
        write(60, {text("64x48:bgr8")});
        const Finished finished =
            receive({text("--count"), text("10"), text("--stdout"), text("y4m"), text("--json")});
        QCOMPARE(finished.exitCode, 0);
        const QByteArray header = finished.out.left(finished.out.indexOf('\n') + 1);
        QVERIFY2(header.startsWith("YUV4MPEG2 W64 H48 F"), header.constData());
        QCOMPARE(finished.out.size(), header.size() + 10 * (6 + 64 * 48 * 3));
        QCOMPARE(finished.out.count("FRAME\n"), 10);
        QCOMPARE(QJsonDocument::fromJson(finished.err).object()[text("frames")].toInt(), 10);
    }

    void aReaderOfThePipeThatLeavesIsACleanEnd()
    {
        write(60, {text("640x480:rgba8")});
        const Finished finished =
            runToEnd(text("/bin/sh"), {text("-c"), text("{ '%1' --headless --live --key %2 --stdout raw; "
                                                        "echo \"ended $?\" >&2; } | head -c 3000000 | wc -c")
                                                       .arg(text(SHMPIX_BIN "/shmpix-receiver"), m_key)});
        QCOMPARE(finished.exitCode, 0);
        QCOMPARE(finished.out.trimmed(), QByteArray("3000000"));
        QVERIFY2(finished.err.startsWith("live ") && finished.err.endsWith("\nended 0\n"),
                 finished.err.constData());
    }

    void framesOfAnotherSizeAreLeftOutOfTheStream()
    {
        write(60, {text("64x48:rgba8"), text("32x32:rgba8")});
        const Finished finished =
            receive({text("--count"), text("20"), text("--stdout"), text("raw"), text("--json")});
        QCOMPARE(finished.exitCode, 0);
        const int leftOut = QJsonDocument::fromJson(finished.err).object()[text("leftOut")].toInt();
        QVERIFY(leftOut > 0);
        const qsizetype first = finished.out.size() / (20 - leftOut);
        QVERIFY2(first == 64 * 48 * 4 || first == 32 * 32 * 4, qPrintable(QString::number(first)));
    }

private:
    void write(int fps, const QStringList& layouts)
    {
        m_writer =
            std::make_unique<PeerProcess>(text(SHMPIX_PEERS "/livepeer"),
                                          QStringList{text("write"), m_key, QString::number(fps)} + layouts);
        QCOMPARE(m_writer->waitForLine(text("writing")), text("writing"));
    }

    [[nodiscard]] Finished receive(const QStringList& more) const
    {
        return runReceiver(QStringList{text("--live"), text("--key"), m_key} + more);
    }

    QString m_key;
    std::unique_ptr<PeerProcess> m_writer;
};

int tst_livereceiver(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLiveReceiver>(argc, argv);
}

#include "tst_livereceiver.moc"
