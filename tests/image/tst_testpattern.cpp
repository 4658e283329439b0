#include "common/image/testpattern.h"
#include "tests/support/runtest.h"

#include <QtTest>

#include <algorithm>
#include <limits>
#include <vector>

using namespace shmpix;

namespace {

constexpr quint64 largestNumber = std::numeric_limits<quint64>::max();

QImage painted(QSize size, quint64 number)
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(0x12345678); // the remains of an older frame
    paintTestPattern(image, number);
    return image;
}

} // namespace

class TestTestPattern : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsItsNumber_data();
    void tellsItsNumber();
    void staysWholeInEveryFormatThatLosesNothing_data();
    void staysWholeInEveryFormatThatLosesNothing();
    void sameNumberGivesSamePixels();
    void nextNumberLooksDifferent();
    void paintsIntoForeignMemoryAndNowhereElse();
    void fourthByteOfAPixelSaysNothing();
    void C1_halfAFrameIsNotWhole_data();
    void C1_halfAFrameIsNotWhole();
    void oneChangedPixelIsNotWhole_data();
    void oneChangedPixelIsNotWhole();
    void changedNumberIsNotWhole();
    void otherPicturesAreNoTestPattern_data();
    void otherPicturesAreNoTestPattern();
};

void TestTestPattern::tellsItsNumber_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<quint64>("number");

    QTest::newRow("smallest") << smallestTestPattern << quint64{7};
    QTest::newRow("smallest, largest number") << smallestTestPattern << largestNumber;
    QTest::newRow("odd sides") << QSize(65, 17) << quint64{1};
    QTest::newRow("wide") << QSize(4001, 16) << quint64{99};
    QTest::newRow("high") << QSize(64, 3001) << quint64{123456};
    QTest::newRow("blocks of two pixels") << QSize(64, 32) << quint64{2};
    QTest::newRow("full HD") << QSize(1920, 1080) << quint64{1204};
    QTest::newRow("4K, largest number") << QSize(3840, 2160) << largestNumber;
    QTest::newRow("4K, zero") << QSize(3840, 2160) << quint64{0};
}

void TestTestPattern::tellsItsNumber()
{
    QFETCH(QSize, size);
    QFETCH(quint64, number);
    const auto check = checkTestPattern(painted(size, number));
    QVERIFY(check);
    QCOMPARE(check->number, number);
    QVERIFY(check->isWhole);
}

void TestTestPattern::staysWholeInEveryFormatThatLosesNothing_data()
{
    QTest::addColumn<QImage::Format>("format");

    QTest::newRow("ARGB32") << QImage::Format_ARGB32;
    QTest::newRow("ARGB32, premultiplied") << QImage::Format_ARGB32_Premultiplied;
    QTest::newRow("RGB888") << QImage::Format_RGB888;
    QTest::newRow("BGR888") << QImage::Format_BGR888;
    QTest::newRow("RGBX8888") << QImage::Format_RGBX8888;
    QTest::newRow("RGBA8888") << QImage::Format_RGBA8888;
    QTest::newRow("RGBA64") << QImage::Format_RGBA64;
}

void TestTestPattern::staysWholeInEveryFormatThatLosesNothing()
{
    QFETCH(QImage::Format, format);
    const auto check = checkTestPattern(painted(QSize(641, 481), 31).convertToFormat(format));
    QVERIFY(check);
    QCOMPARE(check->number, quint64{31});
    QVERIFY(check->isWhole);
}

void TestTestPattern::sameNumberGivesSamePixels()
{
    QCOMPARE(painted(QSize(333, 222), 5), painted(QSize(333, 222), 5));
}

void TestTestPattern::nextNumberLooksDifferent()
{
    const QImage first = painted(QSize(640, 480), 100);
    const QImage second = painted(QSize(640, 480), 101);
    int changedRows = 0;
    for (int y = 0; y < first.height(); ++y) {
        changedRows += !std::equal(first.constScanLine(y), first.constScanLine(y) + first.bytesPerLine(),
                                   second.constScanLine(y));
    }
    QVERIFY2(changedRows > first.height() / 2, qPrintable(QString::number(changedRows)));
}

void TestTestPattern::paintsIntoForeignMemoryAndNowhereElse()
{
    const QSize size(100, 50);
    constexpr int stride = 512;
    constexpr uchar untouched = 0xA5;
    std::vector<uchar> memory(std::size_t(stride) * std::size_t(size.height()), untouched);
    QImage image(memory.data(), size.width(), size.height(), stride, QImage::Format_RGB32);

    paintTestPattern(image, 8);

    QCOMPARE(static_cast<const void*>(image.constBits()), static_cast<const void*>(memory.data()));
    const auto check =
        checkTestPattern(QImage(memory.data(), size.width(), size.height(), stride, QImage::Format_RGB32));
    QVERIFY(check && check->isWhole);
    for (int y = 0; y < size.height(); ++y) {
        const auto padding = memory.begin() + y * stride + size.width() * 4;
        QVERIFY2(std::all_of(padding, padding + (stride - size.width() * 4),
                             [](uchar byte) { return byte == untouched; }),
                 qPrintable(QStringLiteral("row %1").arg(y)));
    }
}

void TestTestPattern::fourthByteOfAPixelSaysNothing()
{
    QImage image = painted(QSize(320, 240), 9);
    for (int y = 0; y < image.height(); ++y) {
        auto* row = reinterpret_cast<QRgb*>(image.scanLine(y));
        std::for_each(row, row + image.width(), [](QRgb& pixel) { pixel &= RGB_MASK; });
    }
    const auto check = checkTestPattern(image);
    QVERIFY(check);
    QVERIFY(check->isWhole);
}

void TestTestPattern::C1_halfAFrameIsNotWhole_data()
{
    QTest::addColumn<int>("newRows");

    QTest::newRow("the new number, not its checksum") << 24;
    QTest::newRow("its strip") << 32;
    QTest::newRow("half of it") << 240;
    QTest::newRow("all but one row") << 479;
}

void TestTestPattern::C1_halfAFrameIsNotWhole()
{
    QFETCH(int, newRows);
    QImage image = painted(QSize(640, 480), 20);
    const QImage next = painted(QSize(640, 480), 21);
    std::copy_n(next.constBits(), newRows * next.bytesPerLine(), image.bits());
    const auto check = checkTestPattern(image);
    QVERIFY(!check || !check->isWhole);
}

void TestTestPattern::oneChangedPixelIsNotWhole_data()
{
    QTest::addColumn<QPoint>("place");

    QTest::newRow("first, in the marker") << QPoint(0, 0);
    QTest::newRow("beside the strip") << QPoint(256, 0);
    QTest::newRow("in the strip's last row") << QPoint(3, 31);
    QTest::newRow("first below the strip") << QPoint(0, 32);
    QTest::newRow("among the digits") << QPoint(320, 240);
    QTest::newRow("last") << QPoint(639, 479);
}

void TestTestPattern::oneChangedPixelIsNotWhole()
{
    QFETCH(QPoint, place);
    QImage image = painted(QSize(640, 480), 4711);
    image.setPixel(place, image.pixel(place) ^ 0x000001);
    const auto check = checkTestPattern(image);
    QVERIFY(check);
    QCOMPARE(check->number, quint64{4711});
    QVERIFY(!check->isWhole);
}

void TestTestPattern::changedNumberIsNotWhole()
{
    QImage image = painted(QSize(640, 480), 2);
    for (int y = 16; y < 24; ++y) { // the last block of the number's lower half
        for (int x = 248; x < 256; ++x) {
            image.setPixel(x, y, 0xffffffff);
        }
    }
    const auto check = checkTestPattern(image);
    QVERIFY(check);
    QCOMPARE(check->number, quint64{3});
    QVERIFY(!check->isWhole);
}

void TestTestPattern::otherPicturesAreNoTestPattern_data()
{
    QTest::addColumn<QImage>("image");

    QImage plain(QSize(640, 480), QImage::Format_RGB32);
    plain.fill(Qt::white);
    QTest::newRow("none") << QImage();
    QTest::newRow("white") << plain;
    QTest::newRow("part of a pattern") << painted(QSize(640, 480), 1).copy(10, 10, 600, 400);
    QTest::newRow("too narrow") << painted(QSize(64, 64), 1).copy(0, 0, 63, 64);
    QTest::newRow("too low") << painted(QSize(64, 64), 1).copy(0, 0, 64, 15);
    QTest::newRow("upside down") << painted(QSize(640, 480), 1).mirrored();
}

void TestTestPattern::otherPicturesAreNoTestPattern()
{
    QFETCH(QImage, image);
    QVERIFY(!checkTestPattern(image));
}

int tst_testpattern(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestTestPattern>(argc, argv);
}

#include "tst_testpattern.moc"
