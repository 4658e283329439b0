#include "common/image/imagelimits.h"
#include "common/image/pixellayout.h"
#include "tests/support/runtest.h"

#include <QtTest>

#include <limits>

using namespace shmpix;

namespace {

PixelLayout layout(const char* text)
{
    return parseLayout(QString::fromLatin1(text)).value();
}

} // namespace

/// The text form of layouts, and the layouts that are valid.
class TestPixelLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textIsALayoutAndBack_data();
    void textIsALayoutAndBack();
    void everyFormatHasANameATitleAndATypeOfNumPy_data();
    void everyFormatHasANameATitleAndATypeOfNumPy();
    void otherTextsAreRefusedInWords_data();
    void otherTextsAreRefusedInWords();
    void pictureGivesTheSizeThatATextLeavesOut();
    void extentReachesFromTheFirstByteToTheLast_data();
    void extentReachesFromTheFirstByteToTheLast();
    void layoutsThatCannotBeAreRefusedBeforeMemoryIsAskedFor_data();
    void layoutsThatCannotBeAreRefusedBeforeMemoryIsAskedFor();
    void segmentThatIsTooShortIsRefused();
    void numpyIsToldTypeAndShape_data();
    void numpyIsToldTypeAndShape();
};

void TestPixelLayout::textIsALayoutAndBack_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text :
         {"640x480:bgr8", "1x1:gray8", "65535x1:rgba16", "640x480:bgr8,stride=2048", "640x480:bgr8,offset=54",
          "640x480:bgr8,bottom-up", "640x480:bgr8,stride=-1920,offset=919680",
          "4x4:nv12,stride=64,offset=8,bottom-up"}) {
        QTest::newRow(text) << QString::fromLatin1(text);
    }
}

void TestPixelLayout::textIsALayoutAndBack()
{
    QFETCH(QString, text);
    const auto parsed = parseLayout(text);
    QVERIFY2(parsed.has_value(), qPrintable(parsed ? QString() : parsed.error().text));
    QCOMPARE(layoutText(*parsed), text);
}

void TestPixelLayout::everyFormatHasANameATitleAndATypeOfNumPy_data()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < int(allPixelFormats().size()); ++i) {
        QTest::newRow(qPrintable(pixelFormatName(allPixelFormats()[static_cast<std::size_t>(i)]))) << i;
    }
}

void TestPixelLayout::everyFormatHasANameATitleAndATypeOfNumPy()
{
    QFETCH(int, index);
    const PixelFormat format = allPixelFormats()[static_cast<std::size_t>(index)];
    const auto parsed = parsePixelFormat(pixelFormatName(format));
    QVERIFY(parsed.has_value());
    QCOMPARE(*parsed, format);
    QVERIFY(!pixelFormatTitle(format).isEmpty());
    QCOMPARE(numpyType(format.sample).sliced(2), QByteArray::number(sampleBytes(format.sample)));
    QVERIFY(imageFormat(format) != QImage::Format_Invalid);
    for (const PixelFormat other : allPixelFormats()) {
        QVERIFY2(other == format || pixelFormatTitle(other) != pixelFormatTitle(format),
                 qPrintable(pixelFormatTitle(other)));
    }
}

void TestPixelLayout::otherTextsAreRefusedInWords_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* text, const char* says) {
        QTest::newRow(text) << QString::fromLatin1(text) << QString::fromUtf8(says);
    };
    row("", "“”");
    row("640x480", "“640x480”");
    row("640x480:", "“”");
    row("bgr8", "has no size");
    row("640:bgr8", "“640” is not a size");
    row("0x480:bgr8", "no pixels");
    row("-640x480:bgr8", "“-640x480” is not a size");
    row("99999999999x1:bgr8", "is not a size");
    row("640x480:BGR8", "“BGR8”");
    row("640x480:bgr9", "one of bgr8, rgb8, gray8");
    row("640x480:bgr8,stride=", "not a number");
    row("640x480:bgr8,stride=0", "stride cannot be 0");
    row("640x480:bgr8,stride=1e3", "not a number");
    row("640x480:bgr8,stride=9223372036854775807", "not a number");
    row("640x480:bgr8,stride=-9223372036854775808", "not a number");
    row("640x480:bgr8,offset=-1", "cannot be negative");
    row("640x480:bgr8,offset=1,offset=2", "twice");
    row("640x480:bgr8,bottom-up=1", "not part of a layout");
    row("640x480:bgr8,", "not part of a layout");
    row("640x480:bgr8,top-down", "“top-down”");
}

void TestPixelLayout::otherTextsAreRefusedInWords()
{
    QFETCH(QString, text);
    QFETCH(QString, says);
    const auto parsed = parseLayout(text);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, ErrorCode::Usage);
    QVERIFY2(parsed.error().text.contains(says), qPrintable(parsed.error().text));
}

void TestPixelLayout::pictureGivesTheSizeThatATextLeavesOut()
{
    const auto parsed = parseLayoutOfPicture(QStringLiteral("bgr8,stride=2048"));
    QVERIFY(parsed.has_value());
    QCOMPARE(parsed->width, 0);
    QCOMPARE(parsed->stride, 2048);
}

void TestPixelLayout::extentReachesFromTheFirstByteToTheLast_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("begin");
    QTest::addColumn<qint64>("end");
    const auto row = [](const char* text, qint64 begin, qint64 end) {
        QTest::newRow(text) << QByteArray(text) << begin << end;
    };
    row("10x4:bgr8", 0, 120);
    row("10x4:rgb64f", 0, 960);
    QTest::newRow("A6, a last row without padding")
        << QByteArray("10x4:bgr8,stride=64,offset=7") << qint64(7) << qint64(7 + 3 * 64 + 30);
    row("10x4:bgr8,stride=-30,offset=90", 0, 120);
    row("10x4:bgr8,stride=-64,offset=192", 0, 222);
    row("10x4:bgr8,bottom-up", 0, 120);
    row("4x4:nv12", 0, 24);
    row("5x3:nv12", 0, 30);
    row("4x4:nv12,stride=16", 0, 84);
    row("5x3:yuyv", 0, 36);
    row("1x1:gray8", 0, 1);
}

void TestPixelLayout::extentReachesFromTheFirstByteToTheLast()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, begin);
    QFETCH(qint64, end);
    const PixelLayout given = layout(text.constData());
    const auto extent = checkedExtent(given, end);
    QVERIFY2(extent.has_value(), qPrintable(extent ? QString() : extent.error().text));
    QCOMPARE(extent->begin, begin);
    QCOMPARE(extent->end, end);
    QVERIFY(!checkedExtent(given, end - 1));
}

void TestPixelLayout::layoutsThatCannotBeAreRefusedBeforeMemoryIsAskedFor_data()
{
    QTest::addColumn<PixelLayout>("layout");
    QTest::addColumn<QString>("says");
    constexpr qint64 most = std::numeric_limits<qint64>::max();
    constexpr PixelFormat rgba{ChannelOrder::Rgba, SampleType::UInt8};
    constexpr PixelFormat bgr{ChannelOrder::Bgr, SampleType::UInt8};
    constexpr PixelFormat doubles{ChannelOrder::Rgba, SampleType::Float64};
    constexpr PixelFormat nv12{ChannelOrder::Nv12, SampleType::UInt8};
    const auto row = [](const char* name, const PixelLayout& layout, const char* says) {
        QTest::newRow(name) << layout << QString::fromUtf8(says);
    };
    row("A1, a size that wraps 32 bits", {65536, 65536, rgba}, "too large");
    row("A1, sides that are allowed and wrap 32 bits", {65535, 65535, rgba}, "too large");
    row("A2, a size of ones", {4294967295, 4294967295, rgba}, "too large");
    row("A2, a size that wraps 64 bits", {most, most, rgba}, "too large");
    row("A3, a stride below the row's bytes", {640, 480, bgr, 1919}, "1919");
    row("A3, a stride above the width and below the row's bytes", {640, 480, bgr, 640}, "1920");
    row("A3, a negative one", {640, 480, bgr, -1919, 2000000}, "1920");
    row("A5, a negative stride that leads before the segment", {640, 480, bgr, -1920}, "919680");
    row("A5, a negative stride with two planes", {640, 480, nv12, -640, 1000000},
        "cannot have a negative stride");
    row("A7, an offset behind any segment", {1, 1, bgr, 0, most}, "outside any segment");
    row("A7, an offset before the segment", {1, 1, bgr, 0, -1}, "outside any segment");
    row("A7, a stride that wraps", {640, 480, bgr, most}, "outside any segment");
    row("A7, the least stride", {640, 480, bgr, std::numeric_limits<qint64>::min()}, "outside any segment");
    row("A8, no columns", {0, 480, bgr}, "empty");
    row("A8, no rows", {640, 0, bgr}, "empty");
    row("A9, a side of 2^31 - 1", {2147483647, 1, bgr}, "65535");
    row("numbers of more than the limit", {16384, 12288, doubles}, "limit");
}

void TestPixelLayout::layoutsThatCannotBeAreRefusedBeforeMemoryIsAskedFor()
{
    QFETCH(PixelLayout, layout);
    QFETCH(QString, says);
    const auto extent = checkedExtent(layout, std::numeric_limits<qint64>::max());
    QVERIFY(!extent);
    QCOMPARE(extent.error().code, ErrorCode::BadData);
    QVERIFY2(extent.error().text.contains(says), qPrintable(extent.error().text));
}

void TestPixelLayout::segmentThatIsTooShortIsRefused()
{
    const auto extent = checkedExtent(layout("640x480:bgr8"), 921599);
    QVERIFY(!extent);
    QVERIFY2(extent.error().text.contains(QStringLiteral("921600")) &&
                 extent.error().text.contains(QStringLiteral("921599")),
             qPrintable(extent.error().text));
}

void TestPixelLayout::numpyIsToldTypeAndShape_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QList<qint64>>("shape");
    const auto row = [](const char* text, const char* type, const QList<qint64>& shape) {
        QTest::newRow(text) << QByteArray(text) << QByteArray(type) << shape;
    };
    row("640x480:gray8", "|u1", {480, 640});
    row("640x480:bgr8", "|u1", {480, 640, 3});
    row("640x480:rgbx8", "|u1", {480, 640, 4});
    row("640x480:rgba32f", "<f4", {480, 640, 4});
    row("640x480:gray16f", "<f2", {480, 640});
    row("640x480:nv12", "|u1", {720, 640});
    row("640x480:yuyv", "|u1", {480, 640, 2});
    row("640x480:rggb8", "|u1", {480, 640});
}

void TestPixelLayout::numpyIsToldTypeAndShape()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, type);
    QFETCH(QList<qint64>, shape);
    const NumpyArray array = numpyArray(layout(text.constData()));
    QCOMPARE(array.type, type);
    QCOMPARE(QList<qint64>(array.shape.begin(), array.shape.end()), shape);
}

int tst_pixellayout(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestPixelLayout>(argc, argv);
}

#include "tst_pixellayout.moc"
