// The time and memory that the receiver needs for segments that are far longer than any picture and consist
// mostly of holes. Files of a terabyte in /dev/shm cost nothing as long as nobody writes to them.
#include "common/channel/loadpicture.h"
#include "tests/support/codecbytes.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QElapsedTimer>
#include <QFile>
#include <QGuiApplication>

#include <future>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

namespace {

constexpr qint64 megabyte = qint64{1} << 20;
constexpr qint64 gigabyte = qint64{1} << 30;
constexpr qint64 terabyte = qint64{1} << 40;

/// The cost of a run of the receiver.
struct Run
{
    Finished finished;
    qint64 milliseconds = 0;
    qint64 peakBytes = 0; ///< peak memory
};

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Runs the headless receiver as runReceiver() does, and measures.
Run measuredReceiver(const QStringList& arguments)
{
    constexpr int longest = 120000;
    const QString out = temporaryFolder() + QStringLiteral("/out");
    const QString err = temporaryFolder() + QStringLiteral("/err");
    QList<QByteArray> texts = {SHMPIX_BIN "/shmpix-receiver", "--headless"};
    for (const QString& argument : arguments) {
        texts.append(argument.toUtf8());
    }
    std::vector<char*> words;
    std::transform(texts.begin(), texts.end(), std::back_inserter(words),
                   [](QByteArray& text) { return text.data(); });
    words.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, QFile::encodeName(out).constData(), flags,
                                       0600);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, QFile::encodeName(err).constData(), flags,
                                       0600);
    QElapsedTimer timer;
    timer.start();
    pid_t pid = -1;
    const int spawned = ::posix_spawn(&pid, words.front(), &files, nullptr, words.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (spawned != 0) {
        return {{-1, {}, "the receiver did not start"}, 0, 0};
    }
    pollfd end = {static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)), POLLIN, 0};
    const bool hasEnded = ::poll(&end, 1, longest) == 1;
    ::close(end.fd);
    if (!hasEnded) {
        ::kill(pid, SIGKILL);
    }
    int status = 0;
    rusage usage = {};
    ::wait4(pid, &status, 0, &usage);
    const int code = !hasEnded ? -2 : WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return {{code, contents(out), contents(err)}, timer.elapsed(), usage.ru_maxrss * 1024};
}

/// Returns the picture as plain pixels, without row padding.
QByteArray pixelsOf(const QImage& image)
{
    return QByteArray(reinterpret_cast<const char*>(image.constBits()), image.sizeInBytes());
}

/// Returns bytes that no protocol recognises.
QByteArray foreignBytes()
{
    QByteArray bytes;
    for (int i = 0; i < 50000; ++i) {
        bytes.append(char(i * i / 7 + 1));
    }
    return bytes;
}

QByteArray jpegWithoutEnd()
{
    return qtFile(photo(320, 240), "jpeg").chopped(2);
}

/// The last chunk but one claims the maximum length of a chunk.
QByteArray pngWithHugeChunk()
{
    const QByteArray png = qtFile(photo(320, 240), "png");
    return png.chopped(12) + QByteArray("\x7f\xff\xff\xff"
                                        "teXt",
                                        8);
}

} // namespace

class TestHugeSegments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_key = uniqueName(); }
    void cleanup() { QFile::remove(shmPath(m_key)); }

    void Z9_whatIsNoPictureIsRefusedInTime_data();
    void Z9_whatIsNoPictureIsRefusedInTime();
    void Z9_aPictureAtItsBeginningIsLoaded_data() { addProtocols(); }
    void Z9_aPictureAtItsBeginningIsLoaded();
    void Z9_plainPixelsInFrontOfHolesAreGuessed_data();
    void Z9_plainPixelsInFrontOfHolesAreGuessed();
    void Z9_theTimeOutEndsTheReadingOfAPicture();
    void Z9_livePicturesAreFollowedInTime();
    void Z9_theListEndsInTime();
    void Z9_aLoadThatNobodyWaitsForEnds_data();
    void Z9_aLoadThatNobodyWaitsForEnds();
    void Z10_memoryIsThePicturesAndNotTheSegments_data() { addProtocols(); }
    void Z10_memoryIsThePicturesAndNotTheSegments();
    void Z10_refusingTakesNoMemory_data();
    void Z10_refusingTakesNoMemory();

private:
    static void addProtocols();
    void make(const QByteArray& start, qint64 bytes);
    [[nodiscard]] QByteArray startOf(ProtocolId protocol) const;
    /// The command-line words that load the segment.
    [[nodiscard]] QStringList load(int protocol) const;

    QString m_key;
};

void TestHugeSegments::addProtocols()
{
    QTest::addColumn<int>("protocol");
    for (const ProtocolId protocol : allProtocols()) {
        QTest::addRow("%s", qPrintable(protocolName(protocol))) << int(protocol);
    }
}

void TestHugeSegments::make(const QByteArray& start, qint64 bytes)
{
    QFile segment(shmPath(m_key));
    QVERIFY(segment.open(QIODevice::WriteOnly) && segment.write(start) == start.size());
    QVERIFY(segment.resize(bytes));
}

QByteArray TestHugeSegments::startOf(ProtocolId protocol) const
{
    const QImage image = photo(320, 240, QImage::Format_RGB888);
    if (protocol == ProtocolId::Pixels) {
        return pixelsOf(image);
    }
    if (protocol != ProtocolId::Live) {
        return encoded(protocol, image);
    }
    const QString key = uniqueName();
    const QString file = temporaryFolder() + QStringLiteral("/picture.png");
    HeadlessSender sender({QStringLiteral("--key"), key, QStringLiteral("--protocol"), QStringLiteral("live"),
                           image.save(file) ? file : QString()});
    return sender.waitForLine(QStringLiteral("shared ")).isNull() ? QByteArray() : contents(shmPath(key));
}

QStringList TestHugeSegments::load(int protocol) const
{
    QStringList load = {QStringLiteral("--key"), m_key, QStringLiteral("--timeout"), QStringLiteral("20")};
    if (protocol == int(ProtocolId::Pixels)) {
        load += {QStringLiteral("--layout"), QStringLiteral("320x240:rgb8")};
    } else if (protocol == int(ProtocolId::Rawsize)) { // the size of the segment does not reveal rawsize
        load += {QStringLiteral("--protocol"), QStringLiteral("rawsize")};
    }
    return load;
}

void TestHugeSegments::Z9_whatIsNoPictureIsRefusedInTime_data()
{
    QTest::addColumn<QByteArray>("start");
    QTest::addColumn<qint64>("bytes");
    QTest::addColumn<double>("seconds");
    const std::array starts = {std::pair("holes", QByteArray()), std::pair("foreign bytes", foreignBytes()),
                               std::pair("JPEG without an end", jpegWithoutEnd()),
                               std::pair("PNG with a huge chunk", pngWithHugeChunk())};
    for (const auto& [name, start] : starts) {
        for (const qint64 bytes : {64 * gigabyte, terabyte}) {
            QTest::addRow("%s, %lld GB", name, bytes / gigabyte) << start << bytes << 0.5;
            QTest::addRow("%s, %lld GB, without a time-out", name, bytes / gigabyte) << start << bytes << 0.;
        }
    }
}

void TestHugeSegments::Z9_whatIsNoPictureIsRefusedInTime()
{
    QFETCH(QByteArray, start);
    QFETCH(qint64, bytes);
    QFETCH(double, seconds);
    make(start, bytes);
    const Run run = measuredReceiver(
        {QStringLiteral("--key"), m_key, QStringLiteral("--timeout"), QString::number(seconds)});
    QCOMPARE(run.finished.exitCode, 5);
    QCOMPARE(run.finished.out, QByteArray());
    QCOMPARE(run.finished.err.count('\n'), 1);
    constexpr double generously = 4;
    QVERIFY2(double(run.milliseconds) < generously * 1000 * std::max(seconds, 2.),
             qPrintable(QString::number(run.milliseconds)));
}

void TestHugeSegments::Z9_aPictureAtItsBeginningIsLoaded()
{
    QFETCH(int, protocol);
    const QByteArray start = startOf(ProtocolId(protocol));
    QVERIFY(!start.isEmpty());
    make(start, terabyte);
    const Run run = measuredReceiver(load(protocol));
    QVERIFY2(run.finished.exitCode == 0, run.finished.err.constData());
    QVERIFY2(run.finished.out.startsWith("loaded 320x240 "), run.finished.out.constData());
    QVERIFY2(run.milliseconds < 20000, qPrintable(QString::number(run.milliseconds)));
}

void TestHugeSegments::Z9_plainPixelsInFrontOfHolesAreGuessed_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<qint64>("bytes");
    QTest::newRow("small, 1 GB") << QSize(640, 480) << gigabyte;
    QTest::newRow("small, 1 TB") << QSize(640, 480) << terabyte;
    QTest::newRow("larger than what is copied, 1 TB") << QSize(4096, 3072) << terabyte;
}

void TestHugeSegments::Z9_plainPixelsInFrontOfHolesAreGuessed()
{
    QFETCH(QSize, size);
    QFETCH(qint64, bytes);
    make(pixelsOf(photo(size.width(), size.height(), QImage::Format_BGR888)), bytes);
    const Run run = measuredReceiver({QStringLiteral("--key"), m_key});
    QCOMPARE(run.finished.exitCode, 5);
    const QString layout = QStringLiteral("--layout %1x%2:bgr8.").arg(size.width()).arg(size.height());
    QVERIFY2(run.finished.err.contains(layout.toUtf8()), run.finished.err.constData());
}

/// A complete picture of a gigabyte, which takes much longer to read than the time limit allows.
void TestHugeSegments::Z9_theTimeOutEndsTheReadingOfAPicture()
{
    make({}, terabyte);
    const Run run = measuredReceiver({QStringLiteral("--key"), m_key, QStringLiteral("--layout"),
                                      QStringLiteral("16384x16384:bgrx8"), QStringLiteral("--timeout"),
                                      QStringLiteral("0.01")});
    QCOMPARE(run.finished.exitCode, 7);
    const QByteArray sentence = "The picture under posix:/" + m_key.toUtf8() +
                                " could not be read within 0.01 seconds. Allow more time with --timeout.";
    QVERIFY2(run.finished.err.contains(sentence), run.finished.err.constData());
    QCOMPARE(run.finished.err.count('\n'), 1);
}

void TestHugeSegments::Z9_livePicturesAreFollowedInTime()
{
    make(jpegWithoutEnd(), terabyte);
    const Run refused = measuredReceiver({QStringLiteral("--key"), m_key, QStringLiteral("--live"),
                                          QStringLiteral("--timeout"), QStringLiteral("0.5")});
    QCOMPARE(refused.finished.exitCode, 5);
    QVERIFY2(refused.milliseconds < 8000, qPrintable(QString::number(refused.milliseconds)));

    make(startOf(ProtocolId::Jpeg), terabyte);
    const Run seen =
        measuredReceiver({QStringLiteral("--key"), m_key, QStringLiteral("--live"), QStringLiteral("--count"),
                          QStringLiteral("1"), QStringLiteral("--timeout"), QStringLiteral("20")});
    QVERIFY2(seen.finished.exitCode == 0, seen.finished.err.constData());
    QVERIFY2(seen.finished.out.startsWith("live 320x240 "), seen.finished.out.constData());
}

void TestHugeSegments::Z9_theListEndsInTime()
{
    make(jpegWithoutEnd(), terabyte);
    const Run run = measuredReceiver({QStringLiteral("--list")});
    QCOMPARE(run.finished.exitCode, 0);
    QVERIFY(run.finished.out.contains("posix:/" + m_key.toUtf8()));
    QVERIFY2(run.milliseconds < 60000, qPrintable(QString::number(run.milliseconds)));
}

void TestHugeSegments::Z9_aLoadThatNobodyWaitsForEnds_data()
{
    QTest::addColumn<QByteArray>("start");
    QTest::newRow("not filled yet") << QByteArray();
    QTest::newRow("of a gigabyte") << QByteArray(1, '\1');
}

/// Without the limit the receiver would take ten minutes.
void TestHugeSegments::Z9_aLoadThatNobodyWaitsForEnds()
{
    QFETCH(QByteArray, start);
    make(start, terabyte);
    std::stop_source stop;
    LoadRequest request{*SegmentAddress::parse(m_key), {}, {}, {}};
    request.patience = std::chrono::minutes(10);
    request.limit.stop = stop.get_token();
    if (!start.isEmpty()) {
        request.decode.layout = *parseLayout(QStringLiteral("16384x16384:bgrx8"));
        stop.request_stop();
    }
    auto loaded = std::async(std::launch::async, [request] { return loadPicture(request); });
    stop.request_stop();
    QVERIFY(loaded.wait_for(std::chrono::seconds(30)) == std::future_status::ready);
    const auto result = loaded.get();
    QVERIFY(!result);
    if (!start.isEmpty()) {
        QCOMPARE(result.error().code, ErrorCode::TimedOut);
    }
    const auto proposals = proposeLayouts(request);
    QVERIFY(!proposals);
    QCOMPARE(proposals.error().code, ErrorCode::TimedOut);
}

/// Compares the load of a small picture in a gigabyte with a run that finds nothing.
void TestHugeSegments::Z10_memoryIsThePicturesAndNotTheSegments()
{
    QFETCH(int, protocol);
    const QByteArray start = startOf(ProtocolId(protocol));
    QVERIFY(!start.isEmpty());
    const Run nothing = measuredReceiver({QStringLiteral("--key"), m_key});
    QCOMPARE(nothing.finished.exitCode, 3);
    make(start, gigabyte);
    const Run run = measuredReceiver(load(protocol));
    QVERIFY2(run.finished.exitCode == 0, run.finished.err.constData());
    QVERIFY2(run.peakBytes < nothing.peakBytes + 64 * megabyte,
             qPrintable(QStringLiteral("%1 after %2").arg(run.peakBytes).arg(nothing.peakBytes)));
}

void TestHugeSegments::Z10_refusingTakesNoMemory_data()
{
    QTest::addColumn<QByteArray>("start");
    QTest::newRow("holes") << QByteArray();
    QTest::newRow("foreign bytes") << foreignBytes();
    QTest::newRow("JPEG without an end") << jpegWithoutEnd();
    QTest::newRow("JPEG without an end or a size") << QByteArray("\xff\xd8\xff\xda\x00\x02", 6);
    QTest::newRow("PNG with a huge chunk") << pngWithHugeChunk();
}

void TestHugeSegments::Z10_refusingTakesNoMemory()
{
    QFETCH(QByteArray, start);
    const Run nothing = measuredReceiver({QStringLiteral("--key"), m_key});
    make(start, gigabyte);
    const Run run = measuredReceiver({QStringLiteral("--key"), m_key});
    QCOMPARE(run.finished.exitCode, 5);
    QVERIFY2(run.peakBytes < nothing.peakBytes + 64 * megabyte,
             qPrintable(QStringLiteral("%1 after %2").arg(run.peakBytes).arg(nothing.peakBytes)));
}

int tst_hugesegments(int argc, char** argv)
{
    return shmpix::test::runTest<QGuiApplication, TestHugeSegments>(argc, argv);
}

#include "tst_hugesegments.moc"
