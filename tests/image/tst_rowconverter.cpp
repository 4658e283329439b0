#include "common/image/rowconverter.h"

#include "tests/support/pictures.h"
#include "tests/support/runtest.h"

#include <QMetaEnum>
#include <QtTest>

#include <vector>

using shmpix::RowConverter;

namespace {

constexpr unsigned char guard = 0xa5;

/// Every format in which an encoder takes rows.
constexpr std::array targets = {
    QImage::Format_RGBA8888,   QImage::Format_RGB888,      QImage::Format_BGR888, QImage::Format_ARGB32,
    QImage::Format_Grayscale8, QImage::Format_Grayscale16, QImage::Format_RGBA64, QImage::Format_RGBX64};

/// Makes an image of any format with colours, alpha and noise in every channel.
QImage source(QImage::Format format, int width, int height)
{
    QImage image(width, height, QImage::Format_ARGB32);
    quint32 state = 1;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            state = state * 1664525 + 1013904223;
            image.setPixel(x, y, state ^ static_cast<quint32>(x * 65793 + y));
        }
    }
    return image.convertToFormat(format);
}

/// Copies the picture into separate memory, with rows further apart than in any QImage.
QImage padded(const QImage& image, std::vector<uchar>& memory)
{
    const qsizetype stride = image.bytesPerLine() + 56;
    memory.assign(static_cast<std::size_t>(stride * image.height()), guard);
    for (int y = 0; y < image.height(); ++y) {
        std::memcpy(memory.data() + y * stride, image.constScanLine(y),
                    static_cast<std::size_t>(image.bytesPerLine()));
    }
    QImage view(memory.data(), image.width(), image.height(), stride, image.format());
    view.setColorTable(image.colorTable());
    return view;
}

QByteArray name(QImage::Format format)
{
    return "format " + QByteArray::number(int(format));
}

/// Returns the first row that differs from QImage's conversion or after which a byte is written, or an empty
/// text.
QString firstDifference(RowConverter& rows, const QImage& expected)
{
    std::vector<std::byte> out(static_cast<std::size_t>(rows.rowBytes()) + 64);
    for (int y = 0; y < expected.height(); ++y) {
        std::fill(out.begin(), out.end(), std::byte{guard});
        rows.copyRow(y, out);
        const QByteArray row(reinterpret_cast<const char*>(out.data()), rows.rowBytes());
        const QByteArray wanted(reinterpret_cast<const char*>(expected.constScanLine(y)), rows.rowBytes());
        for (qsizetype i = 0; i < row.size(); ++i) {
            if (row[i] != wanted[i]) {
                return QStringLiteral("row %1, byte %2: %3 instead of %4")
                    .arg(y)
                    .arg(i)
                    .arg(uchar(row[i]))
                    .arg(uchar(wanted[i]));
            }
        }
        for (std::size_t i = static_cast<std::size_t>(rows.rowBytes()); i < out.size(); ++i) {
            if (out[i] != std::byte{guard}) {
                return QStringLiteral("row %1: byte %2 behind the row was written").arg(y).arg(i);
            }
        }
    }
    return {};
}

} // namespace

class TestRowConverter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rowsAreAsQImageConvertsThem_data();
    void rowsAreAsQImageConvertsThem();
    void paddedRowsAreAsQImageConvertsThem_data() { rowsAreAsQImageConvertsThem_data(); }
    void paddedRowsAreAsQImageConvertsThem();
    void paletteRowsAreKept();
    void rowsCanBeAskedInAnyOrder();
    void unusedByteOfAnOpaquePictureIsNotTakenForAlpha_data();
    void unusedByteOfAnOpaquePictureIsNotTakenForAlpha();
    void picturesOfOtherPicturesPartsAreConverted();
    void allRowsAtOnceAreTheRowsOneByOne_data();
    void allRowsAtOnceAreTheRowsOneByOne();
};

void TestRowConverter::rowsAreAsQImageConvertsThem_data()
{
    QTest::addColumn<int>("from");
    QTest::addColumn<int>("to");

    for (int from = QImage::Format_Invalid + 1; from < QImage::NImageFormats; ++from) {
        for (QImage::Format to : targets) {
            QTest::addRow("%s to %s", name(QImage::Format(from)).constData(), name(to).constData())
                << from << int(to);
        }
    }
}

void TestRowConverter::rowsAreAsQImageConvertsThem()
{
    QFETCH(int, from);
    QFETCH(int, to);
    // The last picture has more rows than a band.
    for (const QSize size : {QSize(1, 1), QSize(7, 3), QSize(33, 5), QSize(301, 150)}) {
        const QImage image = source(QImage::Format(from), size.width(), size.height());
        RowConverter rows(image, QImage::Format(to));
        QCOMPARE(rows.rowBytes(),
                 size.width() * QImage::toPixelFormat(QImage::Format(to)).bitsPerPixel() / 8);
        const QString difference = firstDifference(rows, image.convertToFormat(QImage::Format(to)));
        QVERIFY2(difference.isEmpty(),
                 qPrintable(QStringLiteral("%1 pixels wide, %2").arg(size.width()).arg(difference)));
    }
}

void TestRowConverter::paddedRowsAreAsQImageConvertsThem()
{
    QFETCH(int, from);
    QFETCH(int, to);
    const QImage tight = source(QImage::Format(from), 61, 29);
    std::vector<uchar> memory;
    RowConverter rows(padded(tight, memory), QImage::Format(to));
    const QString difference = firstDifference(rows, tight.convertToFormat(QImage::Format(to)));
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

void TestRowConverter::paletteRowsAreKept()
{
    const QImage image = shmpix::test::picture(QStringLiteral("palette"));
    RowConverter rows(image, QImage::Format_Indexed8);
    const QString difference = firstDifference(rows, image);
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

void TestRowConverter::rowsCanBeAskedInAnyOrder()
{
    const QImage image = source(QImage::Format_RGBA64_Premultiplied, 301, 200);
    const QImage expected = image.convertToFormat(QImage::Format_RGBA8888);
    RowConverter rows(image, QImage::Format_RGBA8888);
    QByteArray out(rows.rowBytes(), '\0');
    for (int y : {199, 0, 100, 101, 99, 50, 199, 198, 3, 2, 1, 0}) {
        rows.copyRow(y, std::as_writable_bytes(std::span(out.data(), static_cast<std::size_t>(out.size()))));
        const QByteArray wanted(reinterpret_cast<const char*>(expected.constScanLine(y)), out.size());
        QVERIFY2(out == wanted, qPrintable(QStringLiteral("row %1").arg(y)));
    }
}

void TestRowConverter::unusedByteOfAnOpaquePictureIsNotTakenForAlpha_data()
{
    QTest::addColumn<int>("from");
    QTest::addColumn<int>("to");

    QTest::newRow("RGB32 to RGBA8888") << int(QImage::Format_RGB32) << int(QImage::Format_RGBA8888);
    QTest::newRow("RGB32 to RGB888") << int(QImage::Format_RGB32) << int(QImage::Format_RGB888);
    QTest::newRow("RGBX8888 to RGB888") << int(QImage::Format_RGBX8888) << int(QImage::Format_RGB888);
}

void TestRowConverter::unusedByteOfAnOpaquePictureIsNotTakenForAlpha()
{
    QFETCH(int, from);
    QFETCH(int, to);
    QImage image = source(QImage::Format_RGB32, 37, 3).convertToFormat(QImage::Format(from));
    const QImage expected = image.convertToFormat(QImage::Format(to));
    for (qsizetype i = 3; i < image.sizeInBytes(); i += 4) {
        image.bits()[i] =
            static_cast<uchar>(i); // programs that wrap other memory in a QImage may leave any value there
    }
    RowConverter rows(image, QImage::Format(to));
    const QString difference = firstDifference(rows, expected);
    QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

void TestRowConverter::picturesOfOtherPicturesPartsAreConverted()
{
    const QImage whole = source(QImage::Format_RGB32, 120, 80);
    const QImage part(whole.constScanLine(11) + 4 * 7, 51, 43, whole.bytesPerLine(), whole.format());
    for (QImage::Format to : targets) {
        RowConverter rows(part, to);
        const QString difference = firstDifference(rows, whole.copy(7, 11, 51, 43).convertToFormat(to));
        QVERIFY2(difference.isEmpty(), qPrintable(QStringLiteral("to %1: %2").arg(int(to)).arg(difference)));
    }
}

void TestRowConverter::allRowsAtOnceAreTheRowsOneByOne_data()
{
    QTest::addColumn<int>("from");
    QTest::addColumn<int>("to");
    QTest::addColumn<bool>("isPadded");

    for (QImage::Format from : {QImage::Format_RGBA8888, QImage::Format_RGB32, QImage::Format_RGB888}) {
        for (QImage::Format to : {QImage::Format_RGBA8888, QImage::Format_RGB888}) {
            for (bool isPadded : {false, true}) {
                QTest::addRow("%s to %s%s", name(from).constData(), name(to).constData(),
                              isPadded ? ", padded" : "")
                    << int(from) << int(to) << isPadded;
            }
        }
    }
}

void TestRowConverter::allRowsAtOnceAreTheRowsOneByOne()
{
    QFETCH(int, from);
    QFETCH(int, to);
    QFETCH(bool, isPadded);
    const QImage tight = source(QImage::Format(from), 201, 103);
    const QImage expected = tight.convertToFormat(QImage::Format(to));
    std::vector<uchar> memory;
    RowConverter rows(isPadded ? padded(tight, memory) : tight, QImage::Format(to));
    const auto bytes = rows.rowBytes() * tight.height();
    QByteArray out(bytes + 64, char(guard));
    rows.copyAll(std::as_writable_bytes(std::span(out.data(), static_cast<std::size_t>(bytes))));
    for (int y = 0; y < tight.height(); ++y) {
        const QByteArray wanted(reinterpret_cast<const char*>(expected.constScanLine(y)), rows.rowBytes());
        QVERIFY2(out.mid(y * rows.rowBytes(), rows.rowBytes()) == wanted,
                 qPrintable(QStringLiteral("row %1").arg(y)));
    }
    QCOMPARE(out.mid(bytes), QByteArray(64, char(guard)));
}

int tst_rowconverter(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestRowConverter>(argc, argv);
}

#include "tst_rowconverter.moc"
