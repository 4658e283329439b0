#include "common/protocol/png/storedpngreader.h"
#include "common/protocol/png/storedpngwriter.h"

#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <QDataStream>

using namespace shmpix;
using namespace shmpix::test;

namespace {

QByteArray written(const QImage& image)
{
    const StoredPngWriter writer(image);
    QByteArray bytes(writer.bytes(), '\xa5');
    writer.write(std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(bytes.size()))));
    return bytes;
}

Result<std::optional<StoredPng>> readBack(const QByteArray& bytes)
{
    MemorySource source(spanOf(bytes));
    return readStoredPng(source, 0);
}

/// Makes an image in which neighbouring pixels have different values.
QImage pattern(int width, int height, QImage::Format format)
{
    QImage image(width, height, format);
    for (int y = 0; y < height; ++y) {
        uchar* row = image.scanLine(y);
        for (qsizetype i = 0; i < image.bytesPerLine(); ++i) {
            row[i] = static_cast<uchar>(i * 13 + i / 255 + y * 57);
        }
        for (int x = 3; format == QImage::Format_RGB32 && x < image.bytesPerLine(); x += 4) {
            row[x] = 0xff;
        }
    }
    return image;
}

/// Whether both pictures have the same format and pixels. Avoids a conversion, which would take seconds for
/// 8K.
bool isSame(const QImage& a, const QImage& b)
{
    return a.format() == b.format() && a == b;
}

} // namespace

class TestStoredPng : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".")));
    } // libpng's warnings about the files that we write
    void ourReaderGivesPixelsAndFormatBack_data();
    void ourReaderGivesPixelsAndFormatBack();
    void qtReadsTheSamePixels_data();
    void qtReadsTheSamePixels();
    void dataStreamReadsTheSamePixels_data() { qtReadsTheSamePixels_data(); }
    void dataStreamReadsTheSamePixels();
    void sizesAroundStoredBlocksAreExact_data();
    void sizesAroundStoredBlocksAreExact();
    void pictureOf8KIsReadByBoth();
    void pngOfOtherWritersIsLeftToQt_data();
    void pngOfOtherWritersIsLeftToQt();
    void pngMayBeginAnywhere();
    void indexBeyondThePaletteIsHarmless();
    void paletteWithAWrongChecksumIsRefused();
};

void TestStoredPng::ourReaderGivesPixelsAndFormatBack_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("format");

    const auto row = [](const char* name, QImage::Format format) {
        QTest::newRow(name) << QString::fromLatin1(name) << int(format);
    };
    for (const char* opaque : {"photo", "gradient", "noise", "1x1", "1xN", "Nx1", "odd"}) {
        row(opaque, QImage::Format_RGB888);
    }
    row("alpha", QImage::Format_RGBA8888);
    row("premultiplied", QImage::Format_RGBA8888);
    row("grey", QImage::Format_Grayscale8);
    row("grey16", QImage::Format_Grayscale16);
    row("rgba16", QImage::Format_RGBA64);
    row("rgb16", QImage::Format_RGBX64);
    row("palette", QImage::Format_Indexed8);
    row("palette-alpha", QImage::Format_Indexed8);
    row("mono", QImage::Format_Indexed8);
}

void TestStoredPng::ourReaderGivesPixelsAndFormatBack()
{
    QFETCH(QString, name);
    QFETCH(int, format);
    const QImage image = picture(name);
    const QByteArray bytes = written(image);
    const auto back = readBack(bytes);
    QVERIFY_VALUE(back);
    QVERIFY2(back->has_value(), "our reader did not know our writer's PNG");
    QCOMPARE((*back)->bytes, bytes.size());
    QCOMPARE(int((*back)->image.format()), format);
    QVERIFY_SAME_PIXELS((*back)->image, straight(image));
    if (image.format() == QImage::Format_Indexed8) {
        QCOMPARE((*back)->image.colorTable(), image.colorTable());
    }
}

void TestStoredPng::qtReadsTheSamePixels_data()
{
    QTest::addColumn<QString>("name");
    for (const QString& name : pictureNames()) {
        QTest::newRow(qPrintable(name)) << name;
    }
}

void TestStoredPng::qtReadsTheSamePixels()
{
    QFETCH(QString, name);
    const QImage image = picture(name);
    QImage back;
    QVERIFY(back.loadFromData(written(image), "png"));
    QVERIFY_SAME_PIXELS(back, straight(image));
}

void TestStoredPng::dataStreamReadsTheSamePixels()
{
    QFETCH(QString, name);
    const QImage image = picture(name);
    QDataStream in(QByteArray("\0\0\0\1", 4) + written(image));
    QImage back;
    in >> back;
    QCOMPARE(in.status(), QDataStream::Ok);
    QVERIFY(in.atEnd());
    QVERIFY_SAME_PIXELS(back, straight(image));
}

void TestStoredPng::sizesAroundStoredBlocksAreExact_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<int>("format");

    const auto row = [](const char* name, int width, int height, QImage::Format format) {
        QTest::newRow(name) << QSize(width, height) << int(format);
    };
    // A raw row is one filter byte longer than its pixels.
    row("one byte less than a block", 65533, 1, QImage::Format_Grayscale8);
    row("one row is one block", 65534, 1, QImage::Format_Grayscale8);
    row("one row is one byte more than a block", 65535, 1, QImage::Format_Grayscale8);
    row("each row is one block", 65534, 3, QImage::Format_Grayscale8);
    row("each row is one byte more than a block", 65535, 3, QImage::Format_Grayscale8);
    row("two rows are one byte less than a block", 32766, 2, QImage::Format_Grayscale8);
    row("two rows are one byte more than a block", 32767, 2, QImage::Format_Grayscale8);
    row("two rows of 32766 and one more", 32766, 3, QImage::Format_Grayscale8);
    row("three rows are exactly a block", 21844, 3, QImage::Format_Grayscale8);
    row("three rows are exactly a block, four rows", 21844, 4, QImage::Format_Grayscale8);
    row("three rows are three bytes less than a block", 21843, 3, QImage::Format_Grayscale8);
    row("three rows are three bytes more than a block", 21845, 6, QImage::Format_Grayscale8);
    row("one column, two bytes a row, around a block", 1, 32767, QImage::Format_Grayscale8);
    row("one column, one row more than a block", 1, 32768, QImage::Format_Grayscale8);
    row("one column, highest", 1, 65535, QImage::Format_Grayscale8);
    row("RGB row of one byte less than a block", 21844, 2, QImage::Format_RGB888);
    row("RGB row of two bytes more than a block", 21845, 2, QImage::Format_RGB888);
    row("RGB row of two blocks and a byte", 43690, 2, QImage::Format_RGB888);
    row("RGB32 row of three blocks and a byte", 65535, 2, QImage::Format_RGB32);
    row("RGBA row of a block and two bytes", 16384, 2, QImage::Format_RGBA8888);
    row("RGBA row of four blocks and a byte", 65535, 2, QImage::Format_RGBA8888);
    row("15 rows of 17 * 257", 4368, 15, QImage::Format_Grayscale8);
    row("15 rows of 17 * 257, twice and one", 4368, 31, QImage::Format_Grayscale8);
    row("grey, 16 bit, a byte more than a block", 32767, 2, QImage::Format_Grayscale16);
    row("RGBA, 16 bit, a byte more than eight blocks", 65535, 2, QImage::Format_RGBA64);
}

void TestStoredPng::sizesAroundStoredBlocksAreExact()
{
    QFETCH(QSize, size);
    QFETCH(int, format);
    const QImage image = pattern(size.width(), size.height(), QImage::Format(format));
    const StoredPngWriter writer(image);
    QByteArray bytes(writer.bytes() + 64, '\xa5');
    writer.write(std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(writer.bytes()))));
    QCOMPARE(bytes.last(64), QByteArray(64, '\xa5'));
    QCOMPARE(bytes.mid(writer.bytes() - 8, 4), QByteArray("IEND"));
    bytes.chop(64);

    const auto back = readBack(bytes);
    QVERIFY_VALUE(back);
    QVERIFY(back->has_value());
    QCOMPARE((*back)->bytes, bytes.size());
    const QImage expected =
        format == QImage::Format_RGB32 ? image.convertToFormat(QImage::Format_RGB888) : image;
    QVERIFY2(isSame((*back)->image, expected), qPrintable(difference((*back)->image, expected)));
    QImage throughQt;
    QVERIFY(throughQt.loadFromData(bytes, "png"));
    throughQt.convertTo(expected.format());
    QVERIFY2(isSame(throughQt, expected), qPrintable(difference(throughQt, expected)));
}

void TestStoredPng::pictureOf8KIsReadByBoth()
{
    const QImage image = pattern(7680, 4320, QImage::Format_RGB32);
    const QByteArray bytes = written(image);
    const QImage expected = image.convertToFormat(QImage::Format_RGB888);
    const auto back = readBack(bytes);
    QVERIFY_VALUE(back);
    QVERIFY(back->has_value());
    QVERIFY2(isSame((*back)->image, expected), qPrintable(difference((*back)->image, expected)));
    QImage throughQt;
    QVERIFY(throughQt.loadFromData(bytes, "png"));
    throughQt.convertTo(QImage::Format_RGB888);
    QVERIFY2(isSame(throughQt, expected), qPrintable(difference(throughQt, expected)));
}

void TestStoredPng::pngOfOtherWritersIsLeftToQt_data()
{
    QTest::addColumn<QByteArray>("file");

    QTest::newRow("compressed") << qtFile(photo(64, 48), "png");
    QTest::newRow("one bit") << qtFile(picture(QStringLiteral("mono")), "png");
    QImage transparent(3, 3, QImage::Format_Indexed8);
    transparent.setColorTable({qRgba(0, 0, 0, 0), qRgb(255, 0, 0)});
    transparent.fill(1);
    QTest::newRow("one transparent colour") << qtFile(transparent, "png");
}

void TestStoredPng::pngOfOtherWritersIsLeftToQt()
{
    QFETCH(QByteArray, file);
    const auto back = readBack(file);
    QVERIFY_VALUE(back);
    QVERIFY(!back->has_value());
}

void TestStoredPng::pngMayBeginAnywhere()
{
    const QImage image = picture(QStringLiteral("alpha"));
    const QByteArray bytes = QByteArray(13, 'x') + written(image) + QByteArray(77, 'y');
    MemorySource source(spanOf(bytes));
    const auto back = readStoredPng(source, 13);
    QVERIFY_VALUE(back);
    QVERIFY(back->has_value());
    QCOMPARE((*back)->bytes, bytes.size() - 90);
    QVERIFY_SAME_PIXELS((*back)->image, image);
    QVERIFY_BAD_DATA(readStoredPng(source, 12));
}

void TestStoredPng::indexBeyondThePaletteIsHarmless()
{
    QImage image(16, 16, QImage::Format_Indexed8);
    image.setColorTable({qRgb(1, 2, 3), qRgb(4, 5, 6)});
    for (int i = 0; i < 256; ++i) {
        image.bits()[i] = static_cast<uchar>(i);
    }
    const auto back = readBack(written(image));
    QVERIFY_VALUE(back);
    QVERIFY(back->has_value());
    QCOMPARE((*back)->image.colorCount(), 256);
    QCOMPARE((*back)->image.pixel(1, 0), qRgb(4, 5, 6));
    QCOMPARE((*back)->image.pixel(15, 15), qRgb(0, 0, 0));
}

void TestStoredPng::paletteWithAWrongChecksumIsRefused()
{
    QByteArray bytes = written(picture(QStringLiteral("palette")));
    const qsizetype at = bytes.indexOf("PLTE");
    QVERIFY(at > 0);
    bytes[at + 4] = char(bytes[at + 4] ^ 1);
    QVERIFY_BAD_DATA(readBack(bytes));
}

int tst_storedpng(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestStoredPng>(argc, argv);
}

#include "tst_storedpng.moc"
