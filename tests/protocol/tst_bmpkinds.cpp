#include "tests/protocol/bmpkinds.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using namespace shmpix::test;

namespace {

QImage qtReads(const QByteArray& file)
{
    QImage image;
    image.loadFromData(file, "bmp");
    return image;
}

/// Returns a channel of a pixel, scaled to 255.
double channel(quint32 pixel, quint32 mask, double absent)
{
    return mask == 0 ? absent : double(pixel & mask) * 255 / double(mask);
}

/// Returns a description of the first pixel that does not match its bits, rounded either way, or an empty
/// text. Used for channels that do not have 8 bits, because Qt 6.4 does not scale them to the full range and
/// misreads those of 10 bits.
QString wrongPixel(const QImage& image, int bits, const BmpMasks& masks)
{
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const quint32 pixel = bits == 16 ? forgedPixel(x, y) & 0xffff : forgedPixel(x, y);
            const QRgb color = image.pixel(x, y);
            if (std::abs(qRed(color) - channel(pixel, masks.red, 0)) > 1 ||
                std::abs(qGreen(color) - channel(pixel, masks.green, 0)) > 1 ||
                std::abs(qBlue(color) - channel(pixel, masks.blue, 0)) > 1 ||
                std::abs(qAlpha(color) - channel(pixel, masks.alpha, 255)) > 1) {
                return QStringLiteral("%1 at (%2, %3) became %4")
                    .arg(pixel, 0, 16)
                    .arg(x)
                    .arg(y)
                    .arg(color, 0, 16);
            }
        }
    }
    return {};
}

} // namespace

/// Compares each kind of BMP file that is in use with the result of Qt's reader or with computed values.
class TestBmpKinds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKindIsReadAsQtReadsIt_data();
    void everyKindIsReadAsQtReadsIt();
    void channelsOfOtherThan8BitsAreWidened_data();
    void channelsOfOtherThan8BitsAreWidened();
    void A4_A5_rowsOfEveryWidthStandStraight_data();
    void A4_A5_rowsOfEveryWidthStandStraight();
    void A8_picturesOfOnePixelAWayAreRead_data();
    void A8_picturesOfOnePixelAWayAreRead();
    void masksOfShorterHeadersAreRead_data();
    void masksOfShorterHeadersAreRead();
    void fourthByteIsAlphaOnlyWhereTheHeaderSaysSo_data();
    void fourthByteIsAlphaOnlyWhereTheHeaderSaysSo();
    void largePictureIsRead_data();
    void largePictureIsRead();
};

void TestBmpKinds::everyKindIsReadAsQtReadsIt_data()
{
    addFiles(kinds());
}

void TestBmpKinds::channelsOfOtherThan8BitsAreWidened_data()
{
    QTest::addColumn<int>("kind");
    for (std::size_t i = 0; i < packedKinds().size(); ++i) {
        QTest::newRow(packedKinds()[i].name) << int(i);
    }
}

void TestBmpKinds::channelsOfOtherThan8BitsAreWidened()
{
    QFETCH(int, kind);
    BmpRecipe recipe = packedKinds()[std::size_t(kind)].recipe;
    for (const int height : {7, -7, 1000, -1000}) {
        recipe.height = height;
        const auto back = read(forgedBmp(recipe));
        QVERIFY_VALUE(back);
        QCOMPARE(back->image.hasAlphaChannel(), recipe.masks.alpha != 0);
        QCOMPARE(wrongPixel(back->image, recipe.bits, recipe.masks), QString());
    }
}

void TestBmpKinds::everyKindIsReadAsQtReadsIt()
{
    QFETCH(QByteArray, file);
    const auto back = read(file);
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, file.size());
    const QImage qt = qtReads(file);
    QVERIFY(!qt.isNull());
    QCOMPARE(back->image.hasAlphaChannel(), qt.hasAlphaChannel());
    QVERIFY_SAME_PIXELS(back->image, qt);
}

void TestBmpKinds::A4_A5_rowsOfEveryWidthStandStraight_data()
{
    QTest::addColumn<int>("bits");
    QTest::addColumn<int>("height");
    for (const int bits : {1, 4, 8, 24, 32}) {
        QTest::addRow("%d bits", bits) << bits << 5;
        QTest::addRow("%d bits, top row first", bits) << bits << -5;
    }
}

void TestBmpKinds::A4_A5_rowsOfEveryWidthStandStraight()
{
    QFETCH(int, bits);
    QFETCH(int, height);
    QList<int> widths = {1365, 1366, 4095, 4096, 4097}; // long rows take another code path
    for (int width = 1; width <= 40; ++width) {
        widths.append(width);
    }
    for (const int width : widths) {
        const QByteArray file = forgedBmp({40, bits, 0, width, height});
        const auto back = read(file);
        QVERIFY_VALUE(back);
        QVERIFY_SAME_PIXELS(back->image, qtReads(file));
        for (int y = 0; bits == 24 && y < 5; ++y) {
            for (int x = 0; x < width; ++x) {
                QCOMPARE(back->image.pixel(x, y), 0xff000000 | forgedPixel(x, y));
            }
        }
    }
}

void TestBmpKinds::A8_picturesOfOnePixelAWayAreRead_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("1 x 1") << QSize(1, 1);
    QTest::newRow("1 x 1000") << QSize(1, 1000);
    QTest::newRow("1000 x 1") << QSize(1000, 1);
    QTest::newRow("A9, 65535 x 1") << QSize(65535, 1);
    QTest::newRow("A9, 1 x 65535") << QSize(1, 65535);
}

void TestBmpKinds::A8_picturesOfOnePixelAWayAreRead()
{
    QFETCH(QSize, size);
    for (const int bits : {1, 4, 8, 24, 32}) {
        const QByteArray file = forgedBmp({40, bits, 0, size.width(), size.height()});
        const auto back = read(file);
        QVERIFY_VALUE(back);
        QVERIFY_SAME_PIXELS(back->image, qtReads(file));
    }
}

void TestBmpKinds::masksOfShorterHeadersAreRead_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("same"); // the same picture in a kind that Qt reads

    const auto v5 = [](int bits, const BmpMasks& masks) {
        return forgedBmp({124, bits, 3, 13, 7, 0, masks});
    };
    QTest::newRow("version 2, BGRX") << forgedBmp({52, 32, 3, 13, 7, 0, masksBgra}) << v5(32, masksBgrx);
    QTest::newRow("version 2, 8 bits") << forgedBmp({52, 8}) << forgedBmp({40, 8});
    QTest::newRow("version 3, BGRA") << forgedBmp({56, 32, 3, 13, 7, 0, masksBgra}) << v5(32, masksBgra);
    QTest::newRow("version 3, 24 bits") << forgedBmp({56, 24}) << forgedBmp({40, 24});
    QTest::newRow("four masks behind the header")
        << forgedBmp({40, 32, 6, 13, 7, 0, masksRgba}) << v5(32, masksRgba);
}

void TestBmpKinds::masksOfShorterHeadersAreRead()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, same);
    const auto back = read(file);
    QVERIFY_VALUE(back);
    QVERIFY_SAME_PIXELS(back->image, qtReads(same));
    QCOMPARE(back->image.hasAlphaChannel(), qtReads(same).hasAlphaChannel());
}

void TestBmpKinds::fourthByteIsAlphaOnlyWhereTheHeaderSaysSo_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<bool>("alpha");

    QTest::newRow("40 bytes") << forgedBmp({40, 32}) << false;
    QTest::newRow("version 5 without a mask") << forgedBmp({124, 32}) << false;
    QTest::newRow("version 5 with a mask, not packed")
        << forgedBmp({124, 32, 0, 13, 7, 0, masksBgra}) << true;
    QTest::newRow("version 5, three masks") << forgedBmp({124, 32, 3, 13, 7, 0, masksBgrx}) << false;
    QTest::newRow("version 5, four masks") << forgedBmp({124, 32, 3, 13, 7, 0, masksBgra}) << true;
}

void TestBmpKinds::fourthByteIsAlphaOnlyWhereTheHeaderSaysSo()
{
    QFETCH(QByteArray, file);
    QFETCH(bool, alpha);
    const auto back = read(file);
    QVERIFY_VALUE(back);
    QCOMPARE(back->image.hasAlphaChannel(), alpha);
    QVERIFY_SAME_PIXELS(back->image, qtReads(file));
    for (int x = 0; x < 13; ++x) {
        QCOMPARE(qAlpha(back->image.pixel(x, 0)), alpha ? int(forgedPixel(x, 0) >> 24) : 255);
    }
}

/// The file has several megabytes, so that it is read in several pieces.
void TestBmpKinds::largePictureIsRead_data()
{
    QTest::addColumn<QByteArray>("file");
    for (const int bits : {1, 4, 8, 24, 32}) {
        QTest::addRow("%d bits", bits) << forgedBmp({40, bits, 0, 1999, 1203});
        QTest::addRow("%d bits, top row first", bits) << forgedBmp({40, bits, 0, 1999, -1203});
    }
}

void TestBmpKinds::largePictureIsRead()
{
    QFETCH(QByteArray, file);
    const auto back = read(file);
    QVERIFY_VALUE(back);
    QVERIFY_SAME_PIXELS(back->image, qtReads(file));
}

int tst_bmpkinds(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestBmpKinds>(argc, argv);
}

#include "tst_bmpkinds.moc"
