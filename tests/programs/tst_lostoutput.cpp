// Output that is lost is a failure: the program prints one sentence and exits with the status for no space.
#include "tests/support/boxes.h"
#include "tests/support/pictures.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QTest>

#include <array>
#include <climits>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace shmpix::test;

namespace {

QString text(const char* utf8)
{
    return QString::fromUtf8(utf8);
}

const QString receiverProgram = QStringLiteral(SHMPIX_BIN "/shmpix-receiver");
const QString senderProgram = QStringLiteral(SHMPIX_BIN "/shmpix-sender");

/// A pipe whose reader reads nothing.
class OpenPipe
{
public:
    explicit OpenPipe(const QString& path)
        : m_fd(::open(qPrintable(path), O_RDONLY | O_NONBLOCK | O_CLOEXEC))
    {
    }
    ~OpenPipe() { ::close(m_fd); }
    OpenPipe(const OpenPipe&) = delete;
    OpenPipe& operator=(const OpenPipe&) = delete;

    /// The number of bytes in the pipe.
    [[nodiscard]] int waiting() const
    {
        int bytes = 0;
        return ::ioctl(m_fd, FIONREAD, &bytes) == 0 ? bytes : 0;
    }

private:
    int m_fd;
};

/// The words after sh -c: the name of the shell, and the receiver of a file.
QStringList receiverOf(const QString& file)
{
    return {text("sh"), receiverProgram, text("--headless"), text("--key"), text("file:") + file};
}

} // namespace

class TestLostOutput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_file = temporaryFolder() + text("/picture.png");
        QVERIFY(photo(64, 48).save(m_file));
        m_noise = temporaryFolder() + text("/noise.png"); // larger than a pipe as a file and as pixels
        QImage noise(512, 512, QImage::Format_RGB32);
        QRandomGenerator random(9);
        random.fillRange(reinterpret_cast<quint32*>(noise.bits()),
                         noise.sizeInBytes() / qsizetype(sizeof(quint32)));
        QVERIFY(noise.save(m_noise));
        m_pipe = temporaryFolder() + text("/pipe");
        QVERIFY(::mkfifo(qPrintable(m_pipe), 0600) == 0);
    }

    void Z8_outputThatIsLostIsAFailure_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("shell");
        const std::array<std::pair<const char*, QString>, 4> sinks = {
            {{"full", text("exec >/dev/full")},
             {"closed", text("exec >&-")},
             {"large", text("ulimit -f 0; exec >'%1/out'").arg(temporaryFolder())},
             {"nobody reads", text("exec 3<>'%1' >'%1' 3<&-").arg(m_pipe)}}};
        for (const auto& [sink, shell] : sinks) {
            const auto row = [&, shell = shell, sink = sink](const QString& program, const char* line) {
                const QString name = text(line) + text(", ") + text(sink);
                QTest::newRow(qPrintable(name))
                    << program << text(line).replace(text("%1"), m_file).split(QLatin1Char(' ')) << shell;
            };
            for (const char* line :
                 {"--list", "--list --json", "--clean --dry-run", "--clean --dry-run --json",
                  "--headless --key file:%1", "--headless --key file:%1 --json",
                  "--headless --key file:%1 --live --count 1",
                  "--headless --key file:%1 --live --count 1 --json"}) {
                row(receiverProgram, line);
            }
            for (const char* line : {"--help", "--version", "--doctor shmpix", "--doctor shmpix --json"}) {
                row(receiverProgram, line);
                row(senderProgram, line);
            }
        }
    }

    void Z8_outputThatIsLostIsAFailure()
    {
        QFETCH(QString, program);
        QFETCH(QStringList, words);
        QFETCH(QString, shell);
        const Finished done = runAfter(shell, program, words);
        expectLost(done);
    }

    void Z17_framesThatTheLimitOnFilesCutsOffAreAFailure()
    {
        const Finished done =
            runAfter(text("ulimit -f 4; exec >'%1/out'").arg(temporaryFolder()), receiverProgram,
                     {text("--headless"), text("--key"), text("file:") + m_file, text("--live"),
                      text("--count"), text("1"), text("--stdout"), text("raw")});
        QCOMPARE(done.exitCode, 6);
        QVERIFY2(done.err.contains("standard output: ") && done.err.contains("(ulimit -f)."),
                 done.err.constData());
        QVERIFY2(!done.err.contains("Free some space"), done.err.constData());
    }

    void Z9_aReaderThatStopsReadingHoldsUpNothingBeyondTheTimeOut_data()
    {
        QTest::addColumn<QStringList>("words");
        const QStringList live{text("--live"), text("--count"), text("1")};
        QTest::newRow("frames") << live + QStringList{text("--stdout"), text("raw")};
        QTest::newRow("last frame") << live + QStringList{text("--save"), text("/dev/stdout")};
        QTest::newRow("once") << QStringList{text("--save"), text("/dev/stdout")};
    }

    void Z9_aReaderThatStopsReadingHoldsUpNothingBeyondTheTimeOut()
    {
        QFETCH(QStringList, words);
        const OpenPipe pipe(m_pipe);
        PeerProcess receiver(text("sh"), QStringList{text("-c"), text("exec \"$@\" >'%1'").arg(m_pipe)} +
                                             receiverOf(m_noise) +
                                             QStringList{text("--timeout"), text("0.5")} + words);
        QCOMPARE(receiver.exitCode(20000), 7);
        const QString said = receiver.standardError();
        QVERIFY2(said.contains(text("has stopped reading")), qPrintable(said));
    }

    void Z9_aReaderThatStopsReadingKeepsNoSignalAway()
    {
        const OpenPipe pipe(m_pipe);
        PeerProcess receiver(text("sh"), QStringList{text("-c"), text("exec \"$@\" >'%1'").arg(m_pipe)} +
                                             receiverOf(m_noise) +
                                             QStringList{text("--live"), text("--stdout"), text("raw")});
        QTRY_VERIFY_WITH_TIMEOUT(pipe.waiting() >= PIPE_BUF, 30000); // the first frame is larger
        receiver.terminate();
        QCOMPARE(receiver.exitCode(20000), 7);
        const QString said = receiver.standardError();
        QVERIFY2(said.contains(text("has stopped reading")), qPrintable(said));
    }

    /// Nobody learns of the shared segment, so it would stay until somebody looks for it.
    void Z8_aSenderThatCannotSayWhatItSharesRemovesIt_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("once") << QStringList();
        QTest::newRow("object") << QStringList{text("--json")};
        QTest::newRow("kept") << QStringList{text("--keep")};
        QTest::newRow("live") << QStringList{text("--fps"), text("10")};
        QTest::newRow("live, object") << QStringList{text("--fps"), text("10"), text("--json")};
        QTest::newRow("live, kept") << QStringList{text("--fps"), text("10"), text("--keep")};
    }

    void Z8_aSenderThatCannotSayWhatItSharesRemovesIt()
    {
        QFETCH(QStringList, words);
        const QString key = uniqueName();
        const Finished done = runAfter(text("exec >/dev/full"), senderProgram,
                                       QStringList{text("--headless"), text("--key"), key, m_file} + words);
        expectLost(done);
        QVERIFY(!QFileInfo::exists(shmPath(key)));
    }

    void Z8_aSenderThatCannotSayThatItSharesAgainEnds()
    {
        const QString key = uniqueName();
        QFile reader;
        QVERIFY(reader.open(::open(qPrintable(m_pipe), O_RDONLY | O_NONBLOCK | O_CLOEXEC),
                            QIODevice::ReadOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle));
        PeerProcess sender(text("sh"), {text("-c"), text("exec \"$@\" >'%1'").arg(m_pipe), text("sh"),
                                        senderProgram, text("--headless"), text("--key"), key, m_file});
        QByteArray line;
        QTRY_VERIFY_WITH_TIMEOUT((line += reader.readAll()).startsWith("shared "), 30000);
        reader.close();
        QVERIFY(QFile::remove(shmPath(key)));
        QCOMPARE(sender.exitCode(), 6);
        QVERIFY2(sender.standardError().contains(text("The output was lost")),
                 qPrintable(sender.standardError()));
        QVERIFY(!QFileInfo::exists(shmPath(key)));
    }

    /// Otherwise the first opened file would get the number of standard output, and the printed text.
    void Z8_nothingIsPrintedIntoAFileThatIsOpenedLater()
    {
        const QString saved = temporaryFolder() + text("/saved.png");
        const Finished done =
            runAfter(text("exec <&- >&-"), receiverProgram,
                     {text("--headless"), text("--key"), text("file:") + m_file, text("--save"), saved});
        expectLost(done);
        QVERIFY(samePixels(QImage(saved), photo(64, 48)));
    }

private:
    static void expectLost(const Finished& done)
    {
        QVERIFY2(done.exitCode == 6, (QByteArray::number(done.exitCode) + ": " + done.err).constData());
        QCOMPARE(done.err.count('\n'), 1);
        QVERIFY2(done.err.contains("The output was lost: ") && done.err.endsWith(".\n"),
                 done.err.constData());
    }

    QString m_file;
    QString m_noise;
    QString m_pipe;
};

int tst_lostoutput(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestLostOutput>(argc, argv);
}

#include "tst_lostoutput.moc"
