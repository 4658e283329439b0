#include "common/protocol/detection.h"
#include "tests/unit/bmpforgery.h"
#include "tests/unit/codecbytes.h"

using namespace shmpix;
using namespace shmpix::test;

namespace {

Result<Decoded> read(const QByteArray& bytes)
{
    return decoded(ProtocolId::Bmp, bytes);
}

QImage qtReads(const QByteArray& file)
{
    QImage image;
    image.loadFromData(file, "bmp");
    return image;
}

/// The value of a pixel's channel on a scale of 255.
double channel(quint32 pixel, quint32 mask, double absent)
{
    return mask == 0 ? absent : double(pixel & mask) * 255 / double(mask);
}

/// The first pixel that is not what its bits say, rounded either way; empty when there is none. For channels
/// that have not 8 bits: Qt 6.4 does not widen them to the full range, and mistakes those of 10.
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

constexpr BmpMasks masks565 = {0xf800, 0x07e0, 0x001f, 0};
constexpr BmpMasks masks4444 = {0x0f00, 0x00f0, 0x000f, 0xf000};
constexpr BmpMasks masks1555 = {0x7c00, 0x03e0, 0x001f, 0x8000};
constexpr BmpMasks masksRgba = {0x000000ff, 0x0000ff00, 0x00ff0000, 0xff000000};
constexpr BmpMasks masks10 = {0x3ff00000, 0x000ffc00, 0x000003ff, 0xc0000000};
constexpr BmpMasks masksOddBits = {0x00007000, 0x00000180, 0x00000001, 0x0f000000};

struct Kind
{
    const char* name;
    BmpRecipe recipe;
};

/// Everything but the size and the order of rows.
const std::vector<Kind>& kinds()
{
    static const std::vector<Kind> all = {
        {"1 bit", {40, 1}},
        {"4 bits", {40, 4}},
        {"8 bits", {40, 8}},
        {"4 bits, 5 colours", {40, 4, 0, 13, 7, 5}},
        {"8 bits, 100 colours", {40, 8, 0, 13, 7, 100}},
        {"24 bits", {40, 24}},
        {"32 bits, fourth byte unused", {40, 32}},
        {"32 bits, masks behind the header", {40, 32, 3, 13, 7, 0, masksBgrx}},
        {"OS/2, 1 bit", {12, 1}},
        {"OS/2, 4 bits", {12, 4}},
        {"OS/2, 8 bits", {12, 8}},
        {"OS/2, 24 bits", {12, 24}},
        {"version 4, 8 bits", {108, 8}},
        {"version 4, 24 bits", {108, 24}},
        {"version 4, 32 bits", {108, 32}},
        {"version 4, BGRA", {108, 32, 3, 13, 7, 0, masksBgra}},
        {"version 4, BGRX", {108, 32, 3, 13, 7, 0, masksBgrx}},
        {"version 4, RGBA", {108, 32, 3, 13, 7, 0, masksRgba}},
        {"version 5, 8 bits", {124, 8}},
        {"version 5, 24 bits", {124, 24}},
        {"version 5, BGRA", {124, 32, 3, 13, 7, 0, masksBgra}},
        {"gap before the pixels", {40, 24, 0, 13, 7, 0, {}, 500}},
    };
    return all;
}

/// Those whose channels have not 8 bits each.
const std::vector<Kind>& packedKinds()
{
    static const std::vector<Kind> all = {
        {"16 bits, 555", {40, 16, 0, 13, 7, 0, masks555}},
        {"16 bits, 565", {40, 16, 3, 13, 7, 0, masks565}},
        {"version 4, 565", {108, 16, 3, 13, 7, 0, masks565}},
        {"version 4, 10 bits a channel", {108, 32, 3, 13, 7, 0, masks10}},
        {"version 5, 1555 with alpha", {124, 16, 3, 13, 7, 0, masks1555}},
        {"version 5, 4444 with alpha", {124, 16, 3, 13, 7, 0, masks4444}},
        {"version 5, channels of 3, 2, 1 and 4 bits", {124, 32, 3, 13, 7, 0, masksOddBits}},
        {"version 2, 565", {52, 16, 3, 13, 7, 0, masks565}},
        {"version 3, 4444 with alpha", {56, 16, 3, 13, 7, 0, masks4444}},
        {"four masks behind the header, 1555", {40, 16, 6, 13, 7, 0, masks1555}},
    };
    return all;
}

void addFiles()
{
    QTest::addColumn<QByteArray>("file");
    std::vector<Kind> all = kinds();
    all.insert(all.end(), packedKinds().begin(), packedKinds().end());
    for (const Kind& kind : all) {
        QTest::newRow(kind.name) << forgedBmp(kind.recipe);
        if (kind.recipe.headerBytes != 12) {
            BmpRecipe topDown = kind.recipe;
            topDown.height = -topDown.height;
            QTest::addRow("%s, top row first", kind.name) << forgedBmp(topDown);
        }
    }
}

} // namespace

/// Kinds of BMP that are in use, each against what Qt's own reader makes of it or against arithmetic.
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
    void B9_E9_bytesBehindAndBetweenAreIgnored_data() { addFiles(); }
    void B9_E9_bytesBehindAndBetweenAreIgnored();
    void G5_lengthInFrontIsRecognised_data() { addFiles(); }
    void G5_lengthInFrontIsRecognised();
    void G5_lengthOverTheFirstBytesIsRecognised_data() { addFiles(); }
    void G5_lengthOverTheFirstBytesIsRecognised();
    void G5_lengthOfALongerBufferIsRecognised();
    void G5_whatOnlyLooksLikeALengthIsNot_data();
    void G5_whatOnlyLooksLikeALengthIsNot();
    void masksOfShorterHeadersAreRead_data();
    void masksOfShorterHeadersAreRead();
    void fourthByteIsAlphaOnlyWhereTheHeaderSaysSo_data();
    void fourthByteIsAlphaOnlyWhereTheHeaderSaysSo();
    void largePictureIsRead_data();
    void largePictureIsRead();
};

void TestBmpKinds::everyKindIsReadAsQtReadsIt_data()
{
    QTest::addColumn<QByteArray>("file");
    for (const Kind& kind : kinds()) {
        QTest::newRow(kind.name) << forgedBmp(kind.recipe);
        if (kind.recipe.headerBytes != 12) {
            BmpRecipe topDown = kind.recipe;
            topDown.height = -topDown.height;
            QTest::addRow("%s, top row first", kind.name) << forgedBmp(topDown);
        }
    }
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
    for (int width = 1; width <= 40; ++width) {
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

void TestBmpKinds::B9_E9_bytesBehindAndBetweenAreIgnored()
{
    QFETCH(QByteArray, file);
    const auto sound = read(file);
    QVERIFY_VALUE(sound);
    for (const QByteArray& segment : {file + QByteArray(5000, '\xee'), pageRounded(file)}) {
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, file.size());
        QVERIFY_SAME_PIXELS(back->image, sound->image);
    }
}

void TestBmpKinds::G5_lengthInFrontIsRecognised()
{
    QFETCH(QByteArray, file);
    const QByteArray bytes = behindLength(file);
    for (const QByteArray& segment : {bytes, pageRounded(bytes), bytes + QByteArray(100000, '\xff')}) {
        QVERIFY(recognised(ProtocolId::Bmp, segment).has_value());
        MemorySource source(spanOf(segment));
        const auto id = detectProtocol(source);
        QVERIFY_VALUE(id);
        QCOMPARE(protocolName(*id), QStringLiteral("bmp"));
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, bytes.size());
        QVERIFY2(back->reason.endsWith(QStringLiteral("behind its length")), qPrintable(back->reason));
        QVERIFY_SAME_PIXELS(back->image, read(file)->image);
    }
    QVERIFY_BAD_DATA(read(bytes.chopped(5)));
}

void TestBmpKinds::G5_lengthOverTheFirstBytesIsRecognised()
{
    QFETCH(QByteArray, file);
    const QByteArray bytes = underLength(file);
    for (const QByteArray& segment : {bytes, pageRounded(bytes), bytes + QByteArray(100000, '\xff')}) {
        QVERIFY(recognised(ProtocolId::Bmp, segment).has_value());
        MemorySource source(spanOf(segment));
        const auto id = detectProtocol(source);
        QVERIFY_VALUE(id);
        QCOMPARE(protocolName(*id), QStringLiteral("bmp"));
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, bytes.size());
        QVERIFY2(back->reason.endsWith(QStringLiteral("its length in place of BM")),
                 qPrintable(back->reason));
        QVERIFY_SAME_PIXELS(back->image, read(file)->image);
    }
    const auto cut = read(bytes.chopped(5));
    QVERIFY_BAD_DATA(cut);
    QVERIFY2(cut.error().text.startsWith(QStringLiteral("The BMP is cut")), qPrintable(cut.error().text));
}

/// C#'s MemoryStream.GetBuffer() gives all that the stream has room for.
void TestBmpKinds::G5_lengthOfALongerBufferIsRecognised()
{
    const QByteArray file = forgedBmp({40, 8, 0, 200, 100});
    const QByteArray buffer = file + QByteArray(32768 - file.size(), '\xcd');
    for (const QByteArray& segment : {underLength(buffer), behindLength(buffer)}) {
        QVERIFY(recognised(ProtocolId::Bmp, segment).has_value());
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QVERIFY_SAME_PIXELS(back->image, read(file)->image);
    }
}

void TestBmpKinds::G5_whatOnlyLooksLikeALengthIsNot_data()
{
    QTest::addColumn<QByteArray>("bytes");

    const QByteArray file = forgedBmp({40, 8, 0, 200, 100});
    const auto row = [](const char* name, QByteArray bytes, qsizetype at, auto value) {
        put(bytes, at, value);
        QTest::newRow(name) << bytes;
    };
    row("length 0", underLength(file), 0, quint32(0));
    row("length shorter than the header", underLength(file), 0, quint32(53));
    row("length of 4 GB", underLength(file), 0, quint32(0xffffffff));
    row("length of another file", underLength(file), 0, quint32(0x12345678));
    row("reserved bytes set", underLength(file), 6, quint32(1));
    row("unknown header", underLength(file), 14, quint32(41));
    row("two planes", underLength(file), 26, quint16(2));
    row("7 bits", underLength(file), 28, quint16(7));
    row("unknown compression", underLength(file), 30, quint32(7));
    row("pixels far behind", underLength(file), 10, quint32(1 << 20));
    row("in front, length 0", behindLength(file), 0, quint32(0));
    row("in front, length of another file", behindLength(file), 0, quint32(0x12345678));
    row("in front, not BM", behindLength(file), 4, quint16(0x4e42));
    row("in front, two planes", behindLength(file), 30, quint16(2));
    row("in front, unknown header", behindLength(file), 18, quint32(41));
}

void TestBmpKinds::G5_whatOnlyLooksLikeALengthIsNot()
{
    QFETCH(QByteArray, bytes);
    QVERIFY(!recognised(ProtocolId::Bmp, bytes).has_value());
    QVERIFY_BAD_DATA(read(bytes));
}

void TestBmpKinds::masksOfShorterHeadersAreRead_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("same"); // as a kind that Qt reads

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

/// Some megabytes, so that it comes in several pieces.
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

QTEST_GUILESS_MAIN(TestBmpKinds)
#include "tst_bmpkinds.moc"
