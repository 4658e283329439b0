#include "tests/sender/livereading.h"
#include "tests/support/programs.h"
#include "tests/support/runtest.h"
#include "tests/support/uniquekey.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTest>

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// A sender that streams what the test writes.
class StdinSender : public HeadlessSender
{
public:
    explicit StdinSender(const QString& key, const QStringList& more = {})
        : HeadlessSender(QStringList{QStringLiteral("--key"), key, QStringLiteral("--stdin")} + more)
    {
    }
};

/// Passes all bytes to a sender at once and waits for it to end.
Finished feed(const QByteArray& bytes, const QStringList& more = {})
{
    QProcess process;
    process.start(QStringLiteral(SHMPIX_BIN "/shmpix-sender"),
                  QStringList{QStringLiteral("--headless"), QStringLiteral("--key"), uniqueName(),
                              QStringLiteral("--stdin")} +
                      more);
    process.write(bytes);
    process.closeWriteChannel();
    if (!process.waitForFinished(60000)) {
        process.kill();
        return {-2, {}, {}};
    }
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
            process.readAllStandardOutput(), process.readAllStandardError()};
}

/// Returns bytes that count up from `first`.
QByteArray counting(qsizetype count, int first = 0)
{
    QByteArray bytes(count, 0);
    for (qsizetype i = 0; i < count; ++i) {
        bytes[i] = char(first + int(i));
    }
    return bytes;
}

} // namespace

/// Frames from another program on standard input.
class tst_LiveStdin : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void framesComeAsTheyLie_data();
    void framesComeAsTheyLie();
    void coloursOfFullRangeAreShownAsTheyAre_data();
    void coloursOfFullRangeAreShownAsTheyAre();
    void aStreamInPiecesIsTheSame();
    void B7_framesOfOtherSizesFollow();
    void y4mSaysItsRate();
    void theEndOfInputEndsTheStream();
    void theHeartGoesOnWhileNothingComes();
    void B8_aSegmentRemovedInTheMiddleOfAFrameComesBackWithTheNextOne();
    void I4_aSignalEndsItWhileNothingComes();
    void damageIsNamedWithItsPlace_data();
    void damageIsNamedWithItsPlace();
};

void tst_LiveStdin::framesComeAsTheyLie_data()
{
    QTest::addColumn<QString>("layoutOption");
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QString>("layout");
    QTest::addColumn<QByteArray>("bytes");

    QTest::newRow("Y4M, 4:2:0") << QString()
                                << QByteArray("YUV4MPEG2 W4 H2 F25:1 Ip A1:1 C420jpeg\nFRAME\nabcdefghUVuv")
                                << QStringLiteral("4x2:nv12") << QByteArray("abcdefghUuVv");
    QTest::newRow("Y4M, kind not said")
        << QString() << QByteArray("YUV4MPEG2 H2 W4 F25:1\nFRAME I\nabcdefghUVuv")
        << QStringLiteral("4x2:nv12") << QByteArray("abcdefghUuVv");
    QTest::newRow("Y4M, odd sides") << QString()
                                    << QByteArray("YUV4MPEG2 W3 H1 F25:1 C420mpeg2\nFRAME\nabcUVuv")
                                    << QStringLiteral("3x1:nv12") << QByteArray();
    QTest::newRow("Y4M, 4:2:2") << QString() << QByteArray("YUV4MPEG2 W4 H1 F25:1 C422\nFRAME\nabcdUVuv")
                                << QStringLiteral("4x1:yuyv") << QByteArray("aUbucVdv");
    QTest::newRow("Y4M, grey") << QString() << QByteArray("YUV4MPEG2 W3 H2 F25:1 Cmono\nFRAME\nabcdef")
                               << QStringLiteral("3x2:gray8") << QByteArray("abcdef");
    QTest::newRow("PPM") << QString() << QByteArray("P6\n2 1\n255\nabcdef") << QStringLiteral("2x1:rgb8")
                         << QByteArray("abcdef");
    QTest::newRow("PPM, comments") << QString() << QByteArray("P6 # made by hand\n#\n2\t1 # 3 4\n255\nabcdef")
                                   << QStringLiteral("2x1:rgb8") << QByteArray("abcdef");
    QTest::newRow("PGM") << QString() << QByteArray("P5 2 2 255\nabcd") << QStringLiteral("2x2:gray8")
                         << QByteArray("abcd");
    QTest::newRow("PGM, 4 bits") << QString() << QByteArray("P5 4 1 15 ") + QByteArray::fromHex("00010fff")
                                 << QStringLiteral("4x1:gray8") << QByteArray::fromHex("0011ffff");
    QTest::newRow("PGM, 16 bits") << QString()
                                  << QByteArray("P5 2 1 65535 ") + QByteArray::fromHex("1234abcd")
                                  << QStringLiteral("2x1:gray16") << QByteArray::fromHex("3412cdab");
    QTest::newRow("PPM, 10 bits") << QString()
                                  << QByteArray("P6 1 1 1023 ") + QByteArray::fromHex("000003ff01ff")
                                  << QStringLiteral("1x1:rgb16") << QByteArray::fromHex("0000ffffdf7f");
    QTest::newRow("raw") << QStringLiteral("2x1:bgr8") << QByteArray("abcdef") << QStringLiteral("2x1:bgr8")
                         << QByteArray("abcdef");
    QTest::newRow("raw, padded rows") << QStringLiteral("2x2:gray8,stride=4") << QByteArray("ab--cd--")
                                      << QStringLiteral("2x2:gray8,stride=4") << QByteArray("ab--cd");
    QTest::newRow("raw, bottom-up") << QStringLiteral("2x2:gray8,bottom-up") << QByteArray("abcd")
                                    << QStringLiteral("2x2:gray8,bottom-up") << QByteArray("abcd");
}

void tst_LiveStdin::framesComeAsTheyLie()
{
    QFETCH(QString, layoutOption);
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, bytes);
    const QString key = uniqueName();
    StdinSender sender(key, layoutOption.isEmpty() ? QStringList()
                                                   : QStringList{QStringLiteral("--layout"), layoutOption});
    sender.write(input);
    LiveReading reading(key);
    const auto frame = reading.next();
    QVERIFY2(frame, qPrintable(sender.standardError()));
    QTEST(layoutText(frame->info.entry.layout), "layout");
    QVERIFY(!frame->image.isNull());
    if (!bytes.isEmpty()) {
        QCOMPARE(frame->bytes, bytes);
    }
}

void tst_LiveStdin::coloursOfFullRangeAreShownAsTheyAre_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::addColumn<int>("colourBytes");

    QTest::newRow("4:2:0") << QByteArray("C420jpeg XCOLORRANGE=FULL") << 2;
    QTest::newRow("4:2:2") << QByteArray("C422 XCOLORRANGE=FULL") << 4;
    QTest::newRow("4:4:4") << QByteArray("C444 XCOLORRANGE=FULL") << 8;
}

void tst_LiveStdin::coloursOfFullRangeAreShownAsTheyAre()
{
    QFETCH(QByteArray, kind);
    QFETCH(int, colourBytes);
    const QString key = uniqueName();
    StdinSender sender(key);
    sender.write("YUV4MPEG2 W4 H2 F25:1 " + kind + "\nFRAME\n" + QByteArray(4, char(255)) + QByteArray(4, 0) +
                 QByteArray(2 * colourBytes, char(128)));
    LiveReading reading(key);
    const auto frame = reading.next();
    QVERIFY2(frame, qPrintable(sender.standardError()));
    QCOMPARE(frame->image.pixel(3, 0), 0xffffffffU);
    QCOMPARE(frame->image.pixel(0, 1), 0xff000000U);
}

void tst_LiveStdin::aStreamInPiecesIsTheSame()
{
    const QByteArray pixels = counting(64 * 48 * 3);
    const QByteArray input = "P6\n64 48\n255\n" + pixels;
    const QString key = uniqueName();
    StdinSender sender(key);
    for (qsizetype at = 0; at < input.size();) {
        const qsizetype count = at < 20 ? 1 : 1999; // the header arrives byte by byte
        sender.write(input.mid(at, count));
        at += count;
    }
    const auto frame = LiveReading(key).next();
    QVERIFY2(frame, qPrintable(sender.standardError()));
    QCOMPARE(frame->bytes, pixels);
}

void tst_LiveStdin::B7_framesOfOtherSizesFollow()
{
    const QString key = uniqueName();
    StdinSender sender(key);
    LiveReading reading(key);
    for (const int side : {10, 300, 20}) {
        const QByteArray pixels = counting(side * side * 3, side);
        sender.write("P6 " + QByteArray::number(side) + ' ' + QByteArray::number(side) + " 255\n" + pixels);
        const auto frame = reading.next();
        QVERIFY2(frame, qPrintable(sender.standardError()));
        QCOMPARE(frame->image.size(), QSize(side, side));
        QCOMPARE(frame->bytes, pixels);
    }
}

void tst_LiveStdin::y4mSaysItsRate()
{
    StdinSender sender(uniqueName());
    sender.write("YUV4MPEG2 W2 H1 F30000:1001 Cmono\nFRAME\nab");
    const QString line = sender.readLine();
    QVERIFY2(line.endsWith(QStringLiteral(": 29.97 fps")), qPrintable(line));
}

void tst_LiveStdin::theEndOfInputEndsTheStream()
{
    const Finished finished =
        feed("P5 1 1 255\naP5 1 1 255\nb\n", {QStringLiteral("--fps"), QStringLiteral("20")});
    QVERIFY2(finished.exitCode == 0, finished.err.constData());
    QCOMPARE(finished.out.count('\n'), 1);
    QVERIFY2(finished.err.isEmpty(), finished.err.constData());
}

void tst_LiveStdin::theHeartGoesOnWhileNothingComes()
{
    const QString key = uniqueName();
    StdinSender sender(key);
    sender.write("P5 2 1 255\nab"
                 "P5 2 1 255\nc"); // and half a frame
    LiveReading reading(key);
    QVERIFY(reading.next());
    const qint64 beat = reading.frames().heartbeat();
    QTRY_VERIFY_WITH_TIMEOUT(reading.frames().heartbeat() > beat + 1'000'000'000, 20000);
    sender.write("d");
    const auto frame = reading.next();
    QVERIFY(frame);
    QCOMPARE(frame->bytes, QByteArray("cd"));
}

void tst_LiveStdin::B8_aSegmentRemovedInTheMiddleOfAFrameComesBackWithTheNextOne()
{
    const QString key = uniqueName();
    const QString path = QStringLiteral("/dev/shm/") + key;
    StdinSender sender(key, {QStringLiteral("--layout"), QStringLiteral("2x1:gray8")});
    sender.write("abc");
    LiveReading reading(key);
    QVERIFY(reading.next());
    QVERIFY(QFile::remove(path));
    QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(path), 20000);
    sender.write("def"); // the first byte completes the frame whose memory was removed
    LiveReading again(key);
    auto frame = again.next();
    while (frame && frame->bytes != "ef") {
        QCOMPARE(frame->bytes, QByteArray("ab"));
        frame = again.next();
    }
    QVERIFY(frame);
}

void tst_LiveStdin::I4_aSignalEndsItWhileNothingComes()
{
    const QString key = uniqueName();
    StdinSender sender(key);
    sender.write("P5 2 1 255\nab");
    QVERIFY(!sender.waitForLine(QStringLiteral("shared ")).isNull());
    sender.terminate();
    QCOMPARE(sender.exitCode(), 0);
    QVERIFY(!QFileInfo::exists(QStringLiteral("/dev/shm/") + key));
}

void tst_LiveStdin::damageIsNamedWithItsPlace_data()
{
    QTest::addColumn<QString>("layoutOption");
    QTest::addColumn<QByteArray>("input");
    QTest::addColumn<QByteArray>("part");

    const auto row = [](const char* name, const QByteArray& input, const char* part,
                        const char* layout = "") {
        QTest::newRow(name) << QString::fromLatin1(layout) << input << QByteArray(part);
    };
    row("nothing", "", "ended before the first frame");
    row("something else", "GIF89a 1234567890", "neither Y4M nor PPM");
    row("raw, cut", "abcde", "after 1 of the frame's 2 bytes", "2x1:gray8");
    row("Y4M without a size", "YUV4MPEG2 F25:1\n", "does not give the size");
    row("A8 Y4M of no pixels", "YUV4MPEG2 W0 H2\n", "W0");
    row("A1 Y4M beyond 32 bits", "YUV4MPEG2 W65536 H65536\n", "W65536");
    row("Y4M over the limit of memory", "YUV4MPEG2 W65535 H65535\n", "too large");
    row("Y4M with a negative side", "YUV4MPEG2 W-4 H2\n", "W-4");
    row("A10 Y4M of other colours", "YUV4MPEG2 W4 H2 C420p10\n", "C420p10");
    row("Y4M with a rate of words", "YUV4MPEG2 W4 H2 Ffast\n", "Ffast");
    row("Y4M without an end of its line", "YUV4MPEG2 " + QByteArray(5000, 'x'), "has no end");
    row("Y4M without FRAME", "YUV4MPEG2 W2 H1 Cmono\nFRAME\nabframe\ncd", "FRAME was expected at byte 30");
    row("Y4M cut in a frame", "YUV4MPEG2 W2 H1 Cmono\nFRAME\nabFRAME\nc", "at frame 2: it ends after 1 of");
    row("Y4M cut in a line", "YUV4MPEG2 W2 H1 Cmono\nFRA", "ends within the line");
    row("PPM cut in its header", "P6 10 1", "within the header");
    row("PPM cut behind its header", "P6\n12 12\n255\n", "ends after the header");
    row("PPM cut in its pixels", "P6 2 1 255\nabcde", "after 5 of the frame's 6 bytes");
    row("PPM of words", "P6 wide high 255\n", "were expected at byte");
    row("A8 PPM of no pixels", "P6 0 5 255\nabc", "at frame 1");
    row("A2 PPM of huge numbers", "P6 4294967295 4294967295 255\n", "were expected at byte");
    row("PPM over the limit", "P6 65535 65535 255\nabc", "at frame 1");
    row("PPM with a maximum value of 0", "P6 2 1 0\nabcdef", "maximum value is 0");
    row("PPM with a maximum value of 65536", "P6 2 1 65536\nabcdef", "maximum value is 65536");
    row("PPM and then something else", "P5 2 1 255\nabXX 123", "at frame 2: no PPM or PGM header");
    row("PPM whose comment does not end", "P5 #" + QByteArray(9000, 'x'), "has no end");
}

void tst_LiveStdin::damageIsNamedWithItsPlace()
{
    QFETCH(QString, layoutOption);
    QFETCH(QByteArray, input);
    QFETCH(QByteArray, part);
    if (layoutOption.isEmpty()) {
        const Finished finished = feed(input);
        QCOMPARE(finished.exitCode, 5);
        QVERIFY2(finished.err.contains(part), finished.err.constData());
    } else {
        const Finished finished = feed(input, {QStringLiteral("--layout"), layoutOption});
        QCOMPARE(finished.exitCode, 5);
        QVERIFY2(finished.err.contains(part), finished.err.constData());
    }
}

int tst_livestdin(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_LiveStdin>(argc, argv);
}

#include "tst_livestdin.moc"
