#include "common/image/testpattern.h"
#include "tests/sender/livereading.h"
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

#include <unistd.h>

using namespace shmpix;
using namespace shmpix::test;

namespace {

QString savePicture(const QString& path, QRgb colour, QSize size = {40, 30})
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(colour);
    image.save(path);
    return path;
}

void saveBytes(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
        file.write(bytes);
    }
}

QByteArray number16(int value)
{
    return QByteArray(1, char(value & 255)) + QByteArray(1, char(value >> 8));
}

/// Makes an animated GIF of 8 × 8 pixels whose picture n is filled with the grey value 2n modulo 256. All
/// codes have 8 bits; the table is reset before they would grow.
QByteArray animatedGif(int pictures, int delayHundredths)
{
    QByteArray gif = "GIF89a" + number16(8) + number16(8) + QByteArray::fromHex("f60000");
    for (int grey = 0; grey < 128; ++grey) {
        gif += QByteArray(3, char(grey * 2));
    }
    for (int n = 0; n < pictures; ++n) {
        gif += QByteArray::fromHex("21f90400") + number16(delayHundredths) + QByteArray(2, 0);
        gif += QByteArray::fromHex("2c00000000") + number16(8) + number16(8) + QByteArray(1, 0);
        gif += QByteArray::fromHex("0742") + QByteArray(1, char(128)) + QByteArray(64, char(n % 128)) +
               QByteArray(1, char(129)) + QByteArray(1, 0);
    }
    return gif + ';';
}

qint64 peakKilobytes(qint64 process)
{
    QFile status(QStringLiteral("/proc/%1/status").arg(process));
    if (!status.open(QIODevice::ReadOnly)) {
        return -1;
    }
    const QByteArray text = status.readAll();
    const qsizetype at = text.indexOf("VmHWM:");
    return text.mid(at + 6, text.indexOf(" kB", at) - at - 6).trimmed().toLongLong();
}

} // namespace

/// Streams without a window: each source is chosen on the command line, and this process reads the frames.
class tst_LiveSender : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePatternComesWholeAtTheRateThatWasAsked();
    void theObjectSaysWhatTheLineSays();
    void itEndsAfterTheTimeGivenAndLeavesNothing();
    void theLastFrameStaysWhenItIsKept();
    void checksumsComeWithEachFrame();
    void picturesOneAfterTheOther();
    void aFolderIsASlideshowOfItsPictures();
    void aSlideshowEndsWithoutLoop();
    void aSinglePictureStays();
    void aDamagedPictureIsLeftOut();
    void nothingButDamagedPicturesIsBadData();
    void G9_anAnimatedFileWithoutDelaysPlaysTenPicturesASecond();
    void G9_tenThousandPicturesCostNoMemory();
    void aWatchedFileIsAFrameForEachChange();
    void C1_aHalfWrittenFileKeepsTheLastPicture();
    void aWatchedFileMayComeLater();
    void mistakesOnTheCommandLine_data();
    void mistakesOnTheCommandLine();
};

void tst_LiveSender::thePatternComesWholeAtTheRateThatWasAsked()
{
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--pattern --size 640x360 --fps 60"));
    QCOMPARE(sender.readLine(),
             QStringLiteral("shared 640x360 BGRX, 8 bit as live under posix:/%1: 60 fps").arg(key));
    LiveReading reading(key);
    quint64 last = 0;
    constexpr quint64 frames = 120;
    for (quint64 n = 0; n < frames; ++n) {
        const auto frame = reading.next();
        QVERIFY(frame);
        const auto check = checkTestPattern(frame->image);
        QVERIFY2(check && check->isWhole, qPrintable(QString::number(frame->info.entry.number)));
        QCOMPARE(check->number, frame->info.entry.number);
        QVERIFY(check->number > last);
        last = check->number;
    }
    QCOMPARE(reading.frames().statistics().damaged, quint64{0});
    sender.terminate();
    QCOMPARE(sender.exitCode(), 0);
    QVERIFY(reading.waitForState(StreamState::Closed));
    QVERIFY(!QFileInfo::exists(shmPath(key)));
}

void tst_LiveSender::theObjectSaysWhatTheLineSays()
{
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--pattern --size 64x16 --fps 12.5 --json"));
    const QJsonObject object = QJsonDocument::fromJson(sender.readLine().toUtf8()).object();
    QCOMPARE(object.value(QStringLiteral("protocol")).toString(), QStringLiteral("live"));
    QCOMPARE(object.value(QStringLiteral("address")).toString(), QStringLiteral("posix:/") + key);
    QCOMPARE(object.value(QStringLiteral("pixelLayout")).toString(), QStringLiteral("64x16:bgrx8"));
    QCOMPARE(object.value(QStringLiteral("bytes")).toInt(), 64 * 16 * 4);
    QCOMPARE(object.value(QStringLiteral("fps")).toDouble(), 12.5);
}

void tst_LiveSender::itEndsAfterTheTimeGivenAndLeavesNothing()
{
    const QString folder = newFolder();
    const Finished finished =
        runSender(words(QStringLiteral("file:%1/s").arg(folder), "--pattern --size 64x16 --for 0.3"));
    QCOMPARE(finished.exitCode, 0);
    QCOMPARE(finished.out.count('\n'), 1);
    QVERIFY2(finished.err.isEmpty(), finished.err.constData());
    QVERIFY(QDir(folder).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
}

void tst_LiveSender::theLastFrameStaysWhenItIsKept()
{
    const QString address = QStringLiteral("file:%1/s").arg(newFolder());
    QCOMPARE(runSender(words(address, "--pattern --size 64x16 --for 0 --keep")).exitCode, 0);
    const auto frame = LiveReading(address).next();
    QVERIFY(frame);
    QVERIFY(checkTestPattern(frame->image));
}

void tst_LiveSender::checksumsComeWithEachFrame()
{
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--pattern --size 64x16 --checksums"));
    LiveReading reading(key);
    const auto frame = reading.next();
    QVERIFY(frame);
    QVERIFY(frame->info.entry.checksum.has_value());
}

void tst_LiveSender::picturesOneAfterTheOther()
{
    const QString folder = newFolder();
    const QString red = savePicture(folder + QStringLiteral("/red.png"), 0xffff0000);
    const QString blue = savePicture(folder + QStringLiteral("/blue.bmp"), 0xff0000ff, {20, 50});
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--fps 20 --loop") + QStringList{red, blue});
    LiveReading reading(key);
    for (int round = 0; round < 2; ++round) {
        const auto first = reading.next(QByteArray("red.png"));
        QVERIFY(first);
        QVERIFY2(samePixels(first->image, QImage(red)), qPrintable(difference(first->image, QImage(red))));
        const auto second = reading.next(QByteArray("blue.bmp"));
        QVERIFY(second);
        QVERIFY2(samePixels(second->image, QImage(blue)),
                 qPrintable(difference(second->image, QImage(blue))));
    }
}

void tst_LiveSender::aFolderIsASlideshowOfItsPictures()
{
    const QString folder = newFolder();
    savePicture(folder + QStringLiteral("/b.png"), 0xff00ff00);
    savePicture(folder + QStringLiteral("/a.png"), 0xff0000ff);
    saveBytes(folder + QStringLiteral("/c.txt"), "no picture");
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "") + QStringList(folder)); // without an option for live
    QVERIFY(sender.readLine().contains(QStringLiteral("as live")));
    LiveReading reading(key);
    const auto first = reading.next();
    QVERIFY(first);
    QCOMPARE(first->info.entry.metadata, QByteArray("a.png"));
    QVERIFY(reading.next(QByteArray("b.png")));
}

void tst_LiveSender::aSlideshowEndsWithoutLoop()
{
    const QString folder = newFolder();
    const QString key = uniqueName();
    const QString a = savePicture(folder + QStringLiteral("/a.png"), 0xff0000ff);
    const QString b = savePicture(folder + QStringLiteral("/b.png"), 0xff00ff00);
    const Finished finished = runSender(words(key, "--fps 10") + QStringList{a, b});
    QCOMPARE(finished.exitCode, 0);
    QVERIFY2(finished.err.isEmpty(), finished.err.constData());
    QVERIFY(!QFileInfo::exists(shmPath(key)));
}

void tst_LiveSender::aSinglePictureStays()
{
    const QString key = uniqueName();
    const QString a = savePicture(newFolder() + QStringLiteral("/a.png"), 0xff0000ff);
    HeadlessSender sender(words(key, "--fps 50") + QStringList(a));
    LiveReading reading(key);
    QVERIFY(reading.next());
    const qint64 beat = reading.frames().heartbeat();
    QTRY_VERIFY_WITH_TIMEOUT(reading.frames().heartbeat() > beat, 20000); // long after its 20 ms
    sender.terminate();
    QCOMPARE(sender.exitCode(), 0);
}

void tst_LiveSender::aDamagedPictureIsLeftOut()
{
    const QString folder = newFolder();
    savePicture(folder + QStringLiteral("/a.png"), 0xff0000ff);
    saveBytes(folder + QStringLiteral("/b.png"), "This is no picture.");
    savePicture(folder + QStringLiteral("/c.png"), 0xff00ff00);
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--fps 10 --loop") + QStringList(folder));
    LiveReading reading(key);
    QVERIFY(reading.next(QByteArray("a.png")));
    QVERIFY(reading.next(QByteArray("c.png")));
    QTRY_VERIFY_WITH_TIMEOUT(sender.standardError().contains(QStringLiteral("b.png was not opened")), 20000);
}

void tst_LiveSender::nothingButDamagedPicturesIsBadData()
{
    const QString folder = newFolder();
    saveBytes(folder + QStringLiteral("/a.png"), "This is no picture.");
    saveBytes(folder + QStringLiteral("/b.png"), "Nor is this.");
    const Finished finished = runSender(words(uniqueName(), "--fps 10") + QStringList(folder));
    QCOMPARE(finished.exitCode, 5);
    QVERIFY2(finished.err.contains("b.png was not opened"), finished.err.constData());
}

void tst_LiveSender::G9_anAnimatedFileWithoutDelaysPlaysTenPicturesASecond()
{
    const QString path = newFolder() + QStringLiteral("/a.gif");
    saveBytes(path, animatedGif(3, 0));
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--loop") + QStringList(path));
    LiveReading reading(key);
    const auto first = reading.next();
    QVERIFY(first);
    QCOMPARE(first->image.size(), QSize(8, 8));
    auto frame = first;
    for (int n = 0; n < 6; ++n) {
        const auto next = reading.next();
        QVERIFY(next);
        const auto steps = int(next->info.serial - frame->info.serial);
        const int grey = (qRed(frame->image.pixel(0, 0)) / 2 + steps) % 3 * 2;
        QCOMPARE(qRed(next->image.pixel(7, 7)), grey);
        frame = next;
    }
    const qint64 perFrame = (frame->info.entry.published - first->info.entry.published) /
                            qint64(frame->info.serial - first->info.serial);
    QVERIFY2(perFrame > 50'000'000, qPrintable(QString::number(perFrame)));
}

void tst_LiveSender::G9_tenThousandPicturesCostNoMemory()
{
    const QString path = newFolder() + QStringLiteral("/a.gif");
    saveBytes(path, animatedGif(10000, 0));
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--fps 1000") + QStringList(path));
    LiveReading reading(key);
    const auto readTo = [&reading](quint64 serial) {
        auto frame = reading.next();
        while (frame && frame->info.serial < serial) {
            frame = reading.next();
        }
        return frame.has_value();
    };
    QVERIFY(readTo(100));
    const qint64 before = peakKilobytes(sender.pid());
    QVERIFY(readTo(4000));
    const qint64 after = peakKilobytes(sender.pid());
    QVERIFY2(before > 0 && after - before < 8000, qPrintable(QStringLiteral("%1 %2").arg(before).arg(after)));
}

void tst_LiveSender::aWatchedFileIsAFrameForEachChange()
{
    const QString folder = newFolder();
    const QString path = savePicture(folder + QStringLiteral("/w.png"), 0xff000001);
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--watch") + QStringList(path));
    LiveReading reading(key);
    auto frame = reading.next();
    QVERIFY(frame);
    QCOMPARE(frame->image.pixel(0, 0), 0xff000001U);

    savePicture(path, 0xff000002); // in place
    frame = reading.next();
    QVERIFY(frame);
    QCOMPARE(frame->image.pixel(0, 0), 0xff000002U);

    const QString other = savePicture(folder + QStringLiteral("/other.png"), 0xff000003, {11, 7});
    QCOMPARE(::rename(qPrintable(other), qPrintable(path)), 0); // the way editors save files
    frame = reading.next();
    QVERIFY(frame);
    QCOMPARE(frame->image.pixel(0, 0), 0xff000003U);
    QCOMPARE(frame->image.size(), QSize(11, 7));
    QCOMPARE(frame->info.serial, quint64{3});
}

void tst_LiveSender::C1_aHalfWrittenFileKeepsTheLastPicture()
{
    const QString path = savePicture(newFolder() + QStringLiteral("/w.png"), 0xff000001);
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--watch") + QStringList(path));
    LiveReading reading(key);
    QVERIFY(reading.next());
    const QString whole = savePicture(newFolder() + QStringLiteral("/next.png"), 0xff000002, {300, 200});
    QFile file(whole);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();

    saveBytes(path, bytes.left(bytes.size() / 2));
    QTRY_VERIFY_WITH_TIMEOUT(sender.standardError().contains(QStringLiteral("as soon as it can be read")),
                             20000);
    QCOMPARE(reading.frames().statistics().frames, quint64{1});
    saveBytes(path, bytes);
    const auto frame = reading.next();
    QVERIFY(frame);
    QCOMPARE(frame->info.serial, quint64{2});
    QCOMPARE(frame->image.pixel(299, 199), 0xff000002U);
}

void tst_LiveSender::aWatchedFileMayComeLater()
{
    const QString path = newFolder() + QStringLiteral("/w.png");
    const QString key = uniqueName();
    HeadlessSender sender(words(key, "--watch") + QStringList(path));
    QTRY_VERIFY_WITH_TIMEOUT(sender.standardError().contains(QStringLiteral("does not exist")), 20000);
    savePicture(path, 0xff000001);
    QVERIFY(LiveReading(key).next());
}

void tst_LiveSender::mistakesOnTheCommandLine_data()
{
    QTest::addColumn<QString>("rest");
    QTest::addColumn<QString>("part");

    const auto row = [](const char* name, const char* rest, const char* part) {
        QTest::newRow(name) << QString::fromLatin1(rest) << QString::fromLatin1(part);
    };
    row("no frames a second", "--pattern --fps 0", "is not a frame rate");
    row("too many", "--pattern --fps 1001", "is not a frame rate");
    row("none", "--pattern --fps nan", "is not a frame rate");
    row("a rate of nothing", "--fps 5", "nothing to stream");
    row("two sources", "--pattern --stdin", "exclude one another");
    row("a picture and a pattern", "--pattern a.png", "exclude one another");
    row("another protocol", "--pattern --protocol png", "The protocol png does not support");
    row("several pictures as PNG", "--protocol png a.png b.png", "2 pictures were given");
    row("a size of nothing", "--stdin --size 640x480", "--size requires --pattern");
    row("too small", "--pattern --size 63x16", "at least 64x16");
    row("no size", "--pattern --size large", "at least 64x16");
    row("a layout of nothing raw", "--pattern --layout 640x480:bgr8", "Leave out --layout");
    row("a layout without a size", "--stdin --layout bgr8", "bgr8");
    row("nothing to watch", "--watch=", "nothing to stream");
}

void tst_LiveSender::mistakesOnTheCommandLine()
{
    QFETCH(QString, rest);
    QFETCH(QString, part);
    const Finished finished = runSender(words(uniqueName(), qPrintable(rest)));
    QCOMPARE(finished.exitCode, 2);
    QVERIFY2(QString::fromUtf8(finished.err).contains(part), finished.err.constData());
    QVERIFY(finished.out.isEmpty());
}

int tst_livesender(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, tst_LiveSender>(argc, argv);
}

#include "tst_livesender.moc"
