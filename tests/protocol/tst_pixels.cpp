#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <cmath>
#include <limits>

using namespace shmpix;
using namespace shmpix::test;

namespace {

PixelLayout layout(const QByteArray& text)
{
    return parseLayout(QString::fromLatin1(text)).value();
}

Result<Decoded> readAs(const QByteArray& text, const QByteArray& bytes)
{
    return decoded(ProtocolId::Pixels, bytes, {{}, layout(text)});
}

template <class Number>
QByteArray bytesOf(const QList<Number>& numbers)
{
    return {reinterpret_cast<const char*>(numbers.constData()), numbers.size() * qsizetype(sizeof(Number))};
}

/// Returns the rows of the picture in a QImage format. Some bytes precede the first row, and padding follows
/// each row.
QByteArray rowsOf(const QImage& image, int padding, int offset, bool upsideDown)
{
    QByteArray bytes(offset, '\xee');
    const int row = image.width() * image.depth() / 8;
    for (int y = 0; y < image.height(); ++y) {
        const int from = upsideDown ? image.height() - 1 - y : y;
        bytes += QByteArray(reinterpret_cast<const char*>(image.constScanLine(from)), row);
        bytes += y + 1 < image.height() ? QByteArray(padding, '\xdd') : QByteArray();
    }
    return bytes;
}

/// Returns the 16-bit grey values of a picture with one row.
QList<int> greys(const QImage& image)
{
    QList<int> values;
    const auto* row = reinterpret_cast<const quint16*>(image.constScanLine(0));
    for (int x = 0; x < image.width(); ++x) {
        values.append(row[x]);
    }
    return values;
}

} // namespace

/// Pixels without a header, with a given layout.
class TestPixels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictureComesBackInEachFormat_data();
    void pictureComesBackInEachFormat();
    void rowsAreShownUnshearedWhereverTheyLie_data();
    void rowsAreShownUnshearedWhereverTheyLie();
    void edgePicturesAreShown_data();
    void edgePicturesAreShown();
    void numbersAreShownFromTheLeastToTheGreatest_data();
    void numbersAreShownFromTheLeastToTheGreatest();
    void A19_notANumberIsBlackAndToldOf();
    void A19_twelveOfSixteenBitsStayAsTheyAre();
    void unusedFourthByteIsOpaque();
    void E9_tailAndPaddingAreIgnored();
    void E9_gapsAreWrittenAsZeros();
    void withoutALayoutNothingIsRead();
    void pictureOfAnotherSizeThanTheLayoutIsRefused();
    void lossIsTold();
};

void TestPixels::pictureComesBackInEachFormat_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<int>("tolerance");
    for (const PixelFormat format : allPixelFormats()) {
        const QString name = pixelFormatName(format);
        const bool sharesColours = format.order >= ChannelOrder::Nv12;
        QTest::newRow(qPrintable(name)) << name << (sharesColours ? 64 : 1);
    }
}

void TestPixels::pictureComesBackInEachFormat()
{
    QFETCH(QString, format);
    QFETCH(int, tolerance);
    // A gradient that includes black and white: stretching it to its range does not change it.
    QImage image(64, 48, QImage::Format_RGB32);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const int grey = qMin(255, x * 255 / 63);
            image.setPixel(x, y, qRgb(grey, qMax(0, grey - y), qMin(255, grey + y)));
        }
    }
    const PixelFormat pixels = *parsePixelFormat(format);
    const bool grey = pixels.order == ChannelOrder::Gray;
    if (grey) {
        image = image.convertToFormat(QImage::Format_Grayscale8);
    }
    if (pixels.sample == SampleType::Bool) {
        image = image.convertToFormat(QImage::Format_Mono, Qt::ThresholdDither)
                    .convertToFormat(QImage::Format_Grayscale8);
    }
    for (const QString& rest :
         {QString(), QStringLiteral(",stride=2048,offset=3"), QStringLiteral(",bottom-up")}) {
        const auto asked = parseLayoutOfPicture(format + rest);
        const auto encoding = codecFor(ProtocolId::Pixels).encode(image, {*asked});
        QVERIFY_VALUE(encoding);
        QByteArray bytes(encoding->bytes, '\xa5');
        encoding->write(
            std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(bytes.size()))));
        const auto back = decoded(ProtocolId::Pixels, bytes, {{}, encoding->layout});
        QVERIFY_VALUE(back);
        QCOMPARE(back->image.size(), image.size());
        const int off = largestDifference(back->image, image);
        QVERIFY2(off <= tolerance,
                 qPrintable(QStringLiteral("%1: %2").arg(layoutText(*encoding->layout)).arg(off)));
    }
}

void TestPixels::rowsAreShownUnshearedWhereverTheyLie_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("padding");
    QTest::addColumn<int>("offset");
    QTest::addColumn<bool>("upsideDown");
    QTest::newRow("tight") << QByteArray("51x37:bgr8") << 0 << 0 << false;
    QTest::newRow("A4, padded") << QByteArray("51x37:bgr8,stride=160") << 7 << 0 << false;
    QTest::newRow("A4, padded far") << QByteArray("51x37:bgr8,stride=10153") << 10000 << 0 << false;
    QTest::newRow("behind a header") << QByteArray("51x37:bgr8,offset=54") << 0 << 54 << false;
    QTest::newRow("A5, bottom-up") << QByteArray("51x37:bgr8,bottom-up,stride=156") << 3 << 0 << true;
    QTest::newRow("A5, negative stride")
        << QByteArray("51x37:bgr8,stride=-156,offset=5618") << 3 << 2 << true;
    QTest::newRow("A5, negative stride and bottom-up")
        << QByteArray("51x37:bgr8,stride=-156,offset=5616,bottom-up") << 3 << 0 << false;
}

void TestPixels::rowsAreShownUnshearedWhereverTheyLie()
{
    QFETCH(QByteArray, text);
    QFETCH(int, padding);
    QFETCH(int, offset);
    QFETCH(bool, upsideDown);
    const QImage image = photo(51, 37, QImage::Format_BGR888);
    const auto back = readAs(text, rowsOf(image, padding, offset, upsideDown));
    QVERIFY_VALUE(back);
    QVERIFY_SAME_PIXELS(back->image, image);
}

void TestPixels::edgePicturesAreShown_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QSize>("size");
    QTest::newRow("A8, one pixel") << QByteArray("1x1:bgr8") << QSize(1, 1);
    QTest::newRow("A8, one column") << QByteArray("1x300:bgr8") << QSize(1, 300);
    QTest::newRow("A8, one row") << QByteArray("300x1:bgr8") << QSize(300, 1);
    QTest::newRow("A9, a side over 32767") << QByteArray("40000x3:bgr8") << QSize(40000, 3);
}

void TestPixels::edgePicturesAreShown()
{
    QFETCH(QByteArray, text);
    QFETCH(QSize, size);
    const QImage image = photo(size.width(), size.height(), QImage::Format_BGR888);
    const auto back = readAs(text, rowsOf(image, 0, 0, false));
    QVERIFY_VALUE(back);
    QVERIFY_SAME_PIXELS(back->image, image);
}

void TestPixels::numbersAreShownFromTheLeastToTheGreatest_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QList<int>>("wanted");
    QTest::addColumn<QString>("note");
    const double most = std::numeric_limits<double>::max();
    const double inf = std::numeric_limits<double>::infinity();
    const auto row = [](const char* name, const char* format, const QByteArray& bytes,
                        const QList<int>& wanted, const char* note) {
        QTest::newRow(name) << QByteArray(format) << bytes << wanted << QString::fromLatin1(note);
    };
    row("0 to 1", "gray32f", bytesOf<float>({0.F, 0.5F, 1.F}), {0, 32768, 65535},
        "from 0 (black) to 1 (white)");
    row("a depth in millimetres", "gray32f", bytesOf<float>({500.F, 1000.F, 1500.F}), {0, 32768, 65535},
        "from 500");
    row("A19, negative integers", "gray16i", bytesOf<qint16>({-32768, 0, 32767}), {0, 32768, 65535},
        "from -32768");
    row("A19, infinities", "gray64f", bytesOf<double>({-inf, 1, 3, inf}), {0, 0, 65535, 65535}, "from 1");
    row("A19, the whole range of doubles", "gray64f", bytesOf<double>({-most, most}), {0, 65535}, "e+308");
    row("32 bits", "gray32u", bytesOf<quint32>({0, 4294967295}), {0, 65535}, "4.29497e+09");
    row("one value, a share", "gray32f", bytesOf<float>({0.5F, 0.5F}), {32768, 32768},
        "from 0 (black) to 1 (white)");
    row("one value, large", "gray32f", bytesOf<float>({7.F, 7.F}), {65535, 65535}, "to 7 (white)");
    row("one value, negative", "gray32f", bytesOf<float>({-7.F, -7.F}), {0, 0}, "from 0");
}

void TestPixels::numbersAreShownFromTheLeastToTheGreatest()
{
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, bytes);
    QFETCH(QList<int>, wanted);
    QFETCH(QString, note);
    const auto back = readAs(QByteArray::number(wanted.size()) + "x1:" + format, bytes);
    QVERIFY_VALUE(back);
    QCOMPARE(greys(back->image), wanted);
    QVERIFY2(back->note.contains(note), qPrintable(back->note));
}

void TestPixels::A19_notANumberIsBlackAndToldOf()
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto back = readAs("4x1:gray32f", bytesOf<float>({2.F, nan, 4.F, nan}));
    QVERIFY_VALUE(back);
    QCOMPARE(greys(back->image), QList<int>({0, 0, 65535, 0}));
    QVERIFY2(back->note.contains(QStringLiteral("2 values are not numbers")), qPrintable(back->note));
    const auto nothing = readAs("2x1:gray32f", bytesOf<float>({nan, nan}));
    QVERIFY_VALUE(nothing);
    QCOMPARE(greys(nothing->image), QList<int>({0, 0}));
}

void TestPixels::A19_twelveOfSixteenBitsStayAsTheyAre()
{
    const auto back = readAs("3x1:gray16", bytesOf<quint16>({0, 2048, 4095}));
    QVERIFY_VALUE(back);
    QCOMPARE(greys(back->image), QList<int>({0, 2048, 4095}));
}

void TestPixels::unusedFourthByteIsOpaque()
{
    for (const char* format : {"rgbx8", "bgrx8"}) {
        const auto back = readAs(QByteArray("2x1:") + format, QByteArray("\1\2\3\0\4\5\6\x7f", 8));
        QVERIFY_VALUE(back);
        const QImage image = back->image.convertToFormat(QImage::Format_RGBA8888);
        QCOMPARE(qAlpha(image.pixel(0, 0)), 255);
        QCOMPARE(qAlpha(image.pixel(1, 0)), 255);
        QCOMPARE(qGreen(image.pixel(1, 0)), 5);
    }
}

void TestPixels::E9_tailAndPaddingAreIgnored()
{
    const QImage image = photo(51, 37, QImage::Format_BGR888);
    const QByteArray bytes = rowsOf(image, 7, 0, false) + QByteArray(5000, '\xcc');
    const auto back = readAs("51x37:bgr8,stride=160", bytes);
    QVERIFY_VALUE(back);
    QVERIFY_SAME_PIXELS(back->image, image);
    QCOMPARE(back->bytes, 36 * 160 + 153);
}

void TestPixels::E9_gapsAreWrittenAsZeros()
{
    const QImage image = photo(51, 37, QImage::Format_BGR888);
    const auto encoding =
        codecFor(ProtocolId::Pixels)
            .encode(image, {*parseLayoutOfPicture(QStringLiteral("bgr8,stride=160,offset=5"))});
    QVERIFY_VALUE(encoding);
    QByteArray bytes(encoding->bytes, '\xa5');
    encoding->write(std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(bytes.size()))));
    QCOMPARE(bytes.left(5), QByteArray(5, '\0'));
    for (int y = 0; y < 36; ++y) {
        QCOMPARE(bytes.mid(5 + y * 160 + 153, 7), QByteArray(7, '\0'));
    }
}

void TestPixels::withoutALayoutNothingIsRead()
{
    const auto back = decoded(ProtocolId::Pixels, QByteArray(921600, 'x'));
    QVERIFY_BAD_DATA(back);
    QVERIFY2(back.error().text.contains(QStringLiteral("640x480:bgr8")), qPrintable(back.error().text));
}

void TestPixels::pictureOfAnotherSizeThanTheLayoutIsRefused()
{
    const auto encoding = codecFor(ProtocolId::Pixels).encode(photo(64, 48), {layout("63x48:bgr8")});
    QVERIFY(!encoding);
    QCOMPARE(encoding.error().code, ErrorCode::Usage);
    QVERIFY2(encoding.error().text.contains(QStringLiteral("63 × 48")), qPrintable(encoding.error().text));
}

void TestPixels::lossIsTold()
{
    const auto note = [](const char* name, const char* format) {
        return codecFor(ProtocolId::Pixels)
            .encode(picture(QString::fromLatin1(name)), {*parseLayoutOfPicture(QString::fromLatin1(format))})
            ->note;
    };
    QVERIFY(note("alpha", "bgr8").contains(QStringLiteral("does not support transparency")));
    QVERIFY(note("rgb16", "bgr8").contains(QStringLiteral("16 bits per channel")));
    QCOMPARE(note("alpha", "bgra8"), QString());
    QCOMPARE(note("rgb16", "rgb16"), QString());
    QCOMPARE(note("photo", "bgr8"), QString());
}

int tst_pixels(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestPixels>(argc, argv);
}

#include "tst_pixels.moc"
