#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <QtEndian>

using namespace shmpix;
using namespace shmpix::test;

namespace {

Result<Decoded> read(const QByteArray& bytes)
{
    return decoded(ProtocolId::Bmp, bytes);
}

QImage expected(const QImage& image)
{
    return image.format() == QImage::Format_Grayscale16 ? image.convertToFormat(QImage::Format_Grayscale8)
                                                        : in8Bits(image);
}

template <class Number>
void put(QByteArray& bytes, qsizetype at, Number value)
{
    qToLittleEndian(value, bytes.data() + at);
}

/// Makes a BMP file field by field as Bitmap.Save() in C# writes it: 8-bit palette, padded rows, last row
/// first.
QByteArray paletteBmp(int width, int height, bool topDown)
{
    const int stride = (width + 3) / 4 * 4;
    QByteArray file(54 + 1024 + qsizetype{stride} * height, '\xee'); // padding is not zero
    std::fill_n(file.begin(), 54, '\0');
    file[0] = 'B';
    file[1] = 'M';
    put(file, 2, quint32(file.size()));
    put(file, 10, quint32(54 + 1024));
    put(file, 14, quint32(40));
    put(file, 18, qint32(width));
    put(file, 22, qint32(topDown ? -height : height));
    put(file, 26, quint16(1));
    put(file, 28, quint16(8));
    put(file, 34, quint32(stride * height));
    for (int i = 0; i < 256; ++i) {
        put(file, 54 + 4 * i, quint32(i << 16 | (255 - i) << 8 | (i * 3 & 255))); // 0x00RRGGBB
    }
    for (int y = 0; y < height; ++y) {
        const int row = topDown ? y : height - 1 - y;
        for (int x = 0; x < width; ++x) {
            file[54 + 1024 + qsizetype{row} * stride + x] = char(x * 5 + y * 11);
        }
    }
    return file;
}

QRgb paletteColor(int x, int y)
{
    const int i = (x * 5 + y * 11) & 255;
    return qRgb(i, 255 - i, i * 3 & 255);
}

/// Returns the number of padding bytes at the end of each row in the file, for an image with the depth of the
/// file.
int paddingOf(const QImage& image)
{
    const int rowBytes = (image.width() * image.depth() + 7) / 8;
    return (4 - rowBytes % 4) % 4;
}

void addPictures()
{
    QTest::addColumn<QString>("name");
    for (const QString& name : pictureNames()) {
        QTest::newRow(qPrintable(name)) << name;
    }
}

} // namespace

class TestBmp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qtReadsOurs_data() { addPictures(); }
    void qtReadsOurs();
    void oursComesBack_data() { addPictures(); }
    void oursComesBack();
    void qtsFileIsReadAsQtReadsIt_data() { addPictures(); }
    void qtsFileIsReadAsQtReadsIt();
    void bitsAPixelFollowThePicture_data();
    void bitsAPixelFollowThePicture();
    void E9_paletteOfTheCSharpWriterIsReadWithoutItsOldBytes_data();
    void E9_paletteOfTheCSharpWriterIsReadWithoutItsOldBytes();
    void exampleOfTheCSharpWriterHasItsSize();
    void gapBeforeThePixelsIsSkipped();
    void A6_onlyTheLastRowsPaddingMayBeCut_data();
    void A6_onlyTheLastRowsPaddingMayBeCut();
};

void TestBmp::qtReadsOurs()
{
    QFETCH(QString, name);
    const QByteArray file = encoded(ProtocolId::Bmp, picture(name));
    QImage back;
    QVERIFY(back.loadFromData(file, "bmp"));
    QCOMPARE(back.hasAlphaChannel(), picture(name).hasAlphaChannel());
    QVERIFY_SAME_PIXELS(back, expected(picture(name)));
}

void TestBmp::oursComesBack()
{
    QFETCH(QString, name);
    const QByteArray file = encoded(ProtocolId::Bmp, picture(name));
    QCOMPARE(qFromLittleEndian<quint32>(file.constData() + 2), quint32(file.size()));
    const auto back = read(file);
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, file.size());
    QVERIFY_SAME_PIXELS(back->image, expected(picture(name)));
}

void TestBmp::qtsFileIsReadAsQtReadsIt()
{
    QFETCH(QString, name);
    const QByteArray file = qtFile(picture(name), "bmp");
    QImage qt;
    QVERIFY(qt.loadFromData(file, "bmp"));
    for (const QByteArray& segment : {file, pageRounded(file)}) {
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, file.size());
        QVERIFY_SAME_PIXELS(back->image, qt);
    }
}

void TestBmp::bitsAPixelFollowThePicture_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("bits");

    const auto row = [](const char* name, int bits) {
        QTest::newRow(name) << QString::fromLatin1(name) << bits;
    };
    row("photo", 24);
    row("odd", 24);
    row("rgb16", 24);
    row("alpha", 32);
    row("premultiplied", 32);
    row("rgba16", 32);
    row("palette-alpha", 32);
    row("palette", 8);
    row("grey", 8);
    row("grey16", 8);
    row("mono", 8);
}

void TestBmp::bitsAPixelFollowThePicture()
{
    QFETCH(QString, name);
    QFETCH(int, bits);
    const QByteArray file = encoded(ProtocolId::Bmp, picture(name));
    QCOMPARE(int(qFromLittleEndian<quint16>(file.constData() + 28)), bits);
    const auto back = read(file);
    QVERIFY_VALUE(back);
    QCOMPARE(back->reason, QStringLiteral("BMP file: %1 bits per pixel, bottom row first").arg(bits));
}

void TestBmp::E9_paletteOfTheCSharpWriterIsReadWithoutItsOldBytes_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("topDown");
    for (int width : {1, 2, 3, 4, 13, 256}) {
        QTest::addRow("%d wide", width) << QSize(width, 7) << false;
        QTest::addRow("%d wide, top row first", width) << QSize(width, 7) << true;
    }
}

void TestBmp::E9_paletteOfTheCSharpWriterIsReadWithoutItsOldBytes()
{
    QFETCH(QSize, size);
    QFETCH(bool, topDown);
    const QByteArray file = paletteBmp(size.width(), size.height(), topDown);
    for (const QByteArray& segment : {file, file + QByteArray(100000, '\xff'), pageRounded(file)}) {
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, file.size());
        QVERIFY2(back->reason.contains(topDown ? QStringLiteral("top row first")
                                               : QStringLiteral("bottom row first")),
                 qPrintable(back->reason));
        QCOMPARE(back->image.size(), size);
        for (int y = 0; y < size.height(); ++y) {
            for (int x = 0; x < size.width(); ++x) {
                QCOMPARE(back->image.pixel(x, y), paletteColor(x, y));
            }
        }
    }
}

void TestBmp::exampleOfTheCSharpWriterHasItsSize()
{
    QImage image(1600, 1200, QImage::Format_Indexed8);
    image.setColorTable({qRgb(1, 2, 3), qRgb(200, 100, 50)});
    image.fill(1);
    QCOMPARE(encoded(ProtocolId::Bmp, image).size(), 1921078);
    const QByteArray file = paletteBmp(1600, 1200, false);
    QCOMPARE(file.size(), 1921078);
    const auto back = read(pageRounded(file));
    QVERIFY_VALUE(back);
    QCOMPARE(back->image.pixel(1599, 1199), paletteColor(1599, 1199));
    QCOMPARE(back->image.pixel(0, 0), paletteColor(0, 0));
}

void TestBmp::gapBeforeThePixelsIsSkipped()
{
    QByteArray file = paletteBmp(13, 7, false);
    file.insert(54 + 1024, QByteArray(500, 'x'));
    put(file, 10, quint32(54 + 1024 + 500));
    const auto back = read(file);
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, file.size());
    QCOMPARE(back->image.pixel(12, 6), paletteColor(12, 6));
}

void TestBmp::A6_onlyTheLastRowsPaddingMayBeCut_data()
{
    QTest::addColumn<QByteArray>("file");

    QTest::newRow("ours, 24 bit") << encoded(ProtocolId::Bmp, picture(QStringLiteral("odd")));
    QTest::newRow("ours, 32 bit") << encoded(ProtocolId::Bmp, picture(QStringLiteral("alpha")));
    QTest::newRow("ours, palette") << encoded(ProtocolId::Bmp, picture(QStringLiteral("palette")));
    QTest::newRow("Qt's, 1 bit") << qtFile(picture(QStringLiteral("mono")), "bmp");
    QTest::newRow("C#'s") << paletteBmp(131, 77, false);
    QTest::newRow("C#'s, top row first") << paletteBmp(131, 77, true);
}

void TestBmp::A6_onlyTheLastRowsPaddingMayBeCut()
{
    QFETCH(QByteArray, file);
    QVERIFY_VALUE(read(file));
    for (qsizetype length = 0; length < file.size() - 3; length += (length < 160 ? 1 : 97)) {
        const auto back = read(file.first(length));
        QVERIFY2(isBadData(back), qPrintable(QStringLiteral("cut to %1 of %2: %3")
                                                 .arg(length)
                                                 .arg(file.size())
                                                 .arg(QString::fromUtf8(describe(back)))));
    }
    const int padding = paddingOf(read(file)->image);
    for (int missing = 1; missing <= padding; ++missing) {
        const auto back = read(file.chopped(missing)); // the last row may lack its padding
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, file.size() - missing);
        QVERIFY_SAME_PIXELS(back->image, read(file)->image);
    }
    QVERIFY_BAD_DATA(read(file.chopped(padding + 1)));
}

int tst_bmp(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestBmp>(argc, argv);
}

#include "tst_bmp.moc"
