#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <QImageReader>
#include <QImageWriter>
#include <QTransform>

using namespace shmpix;
using namespace shmpix::test;

namespace {

Result<Decoded> read(const QByteArray& bytes)
{
    return decoded(ProtocolId::Jpeg, bytes);
}

QByteArray progressive(const QImage& image)
{
    QByteArray file;
    QBuffer device(&file);
    device.open(QIODevice::WriteOnly);
    QImageWriter writer(&device, "jpeg");
    writer.setProgressiveScanWrite(true);
    writer.write(image);
    return file;
}

/// Returns the file with a segment after its first marker, where cameras put thumbnails.
QByteArray withSegment(QByteArray file, char marker, const QByteArray& data)
{
    const auto length = data.size() + 2;
    return file.insert(2, QByteArray("\xff") + marker + char(length >> 8) + char(length & 255) + data);
}

/// Returns the average difference over all channels of all pixels.
double averageDifference(const QImage& a, const QImage& b)
{
    qint64 sum = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb left = a.pixel(x, y);
            const QRgb right = b.pixel(x, y);
            sum += std::abs(qRed(left) - qRed(right)) + std::abs(qGreen(left) - qGreen(right)) +
                   std::abs(qBlue(left) - qBlue(right));
        }
    }
    return double(sum) / (3.0 * a.width() * a.height());
}

void addFiles()
{
    QTest::addColumn<QByteArray>("file");

    QTest::newRow("ours") << encoded(ProtocolId::Jpeg, photo(160, 120));
    QTest::newRow("ours, grey") << encoded(ProtocolId::Jpeg, photo(160, 120, QImage::Format_Grayscale8));
    QTest::newRow("Qt's, progressive") << progressive(photo(160, 120));
    QTest::newRow("camera's") << cameraJpeg(160, 120);
    QTest::newRow("with a thumbnail")
        << withSegment(qtFile(photo(160, 120), "jpeg", 80), '\xe2', qtFile(photo(16, 12), "jpeg", 50));
}

} // namespace

class TestJpeg : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lossIsSmall_data();
    void lossIsSmall();
    void greyStaysGrey();
    void qtReadsOurs();
    void camerasOrientationIsApplied();
    void wholeFileIsReadAsQtReadsIt_data() { addFiles(); }
    void wholeFileIsReadAsQtReadsIt();
    void tailIsIgnored_data() { addFiles(); }
    void tailIsIgnored();
    void cutIsAnError_data() { addFiles(); }
    void cutIsAnError();
    void fillBytesBeforeMarkersAreAllowed();
    void damagedFileIsRefused_data();
    void damagedFileIsRefused();
};

void TestJpeg::lossIsSmall_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("most");

    QTest::newRow("photo") << QStringLiteral("photo") << 60; // at edges between colours
    QTest::newRow("grey") << QStringLiteral("grey") << 8;
    QTest::newRow("grey16") << QStringLiteral("grey16") << 20;
    QTest::newRow("1x1") << QStringLiteral("1x1") << 8;
}

void TestJpeg::lossIsSmall()
{
    QFETCH(QString, name);
    QFETCH(int, most);
    const QImage image = picture(name);
    const auto back = read(encoded(ProtocolId::Jpeg, image));
    QVERIFY_VALUE(back);
    const int largest = largestDifference(back->image, image);
    QVERIFY2(largest <= most, qPrintable(QString::number(largest)));
    const double average = averageDifference(back->image, image);
    QVERIFY2(average < 4, qPrintable(QString::number(average)));
}

void TestJpeg::greyStaysGrey()
{
    const auto back = read(encoded(ProtocolId::Jpeg, picture(QStringLiteral("grey"))));
    QVERIFY_VALUE(back);
    QVERIFY(back->image.isGrayscale());
}

void TestJpeg::qtReadsOurs()
{
    const QByteArray file = encoded(ProtocolId::Jpeg, picture(QStringLiteral("photo")));
    QImage image;
    QVERIFY(image.loadFromData(file, "jpeg"));
    const auto back = read(file);
    QVERIFY_VALUE(back);
    QVERIFY_SAME_PIXELS(back->image, image);
}

void TestJpeg::camerasOrientationIsApplied()
{
    const auto back = read(cameraJpeg(160, 120));
    QVERIFY_VALUE(back);
    QCOMPARE(back->image.size(), QSize(120, 160));
    const QImage upright = photo(160, 120).transformed(QTransform().rotate(90));
    const int largest = largestDifference(back->image, upright);
    QVERIFY2(largest <= 60, qPrintable(QString::number(largest)));
}

void TestJpeg::wholeFileIsReadAsQtReadsIt()
{
    QFETCH(QByteArray, file);
    QBuffer device(&file);
    device.open(QIODevice::ReadOnly);
    QImageReader reader(&device, "jpeg");
    reader.setAutoTransform(true);
    const QImage expected = reader.read();
    QVERIFY2(!expected.isNull(), qPrintable(reader.errorString()));
    const auto back = read(file);
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, file.size());
    QCOMPARE(back->reason, QStringLiteral("JPEG file: it starts with the JPEG markers FF D8 FF"));
    QVERIFY_SAME_PIXELS(back->image, expected);
}

void TestJpeg::tailIsIgnored()
{
    QFETCH(QByteArray, file);
    const auto exact = read(file);
    QVERIFY_VALUE(exact);
    for (const QByteArray& longer : {file + '\0', pageRounded(file), file + QByteArray(300000, '\xff'),
                                     file + file, file + QByteArray("\xff\xd8\xff\xd9", 4)}) {
        const auto back = read(longer);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, file.size());
        QVERIFY_SAME_PIXELS(back->image, exact->image);
    }
}

void TestJpeg::cutIsAnError()
{
    QFETCH(QByteArray, file);
    for (qsizetype length = 0; length < file.size(); length += (length < 200 ? 1 : 97)) {
        for (qsizetype zeros : {0, 5000}) {
            const auto back = read(file.first(length) + QByteArray(zeros, '\0'));
            QVERIFY2(isBadData(back), qPrintable(QStringLiteral("cut to %1 of %2, then %3 zeros: %4")
                                                     .arg(length)
                                                     .arg(file.size())
                                                     .arg(zeros)
                                                     .arg(QString::fromUtf8(describe(back)))));
        }
    }
    for (qsizetype missing = 1; missing < 20; ++missing) {
        QVERIFY_BAD_DATA(read(file.chopped(missing)));
    }
}

void TestJpeg::fillBytesBeforeMarkersAreAllowed()
{
    const QByteArray file = encoded(ProtocolId::Jpeg, photo(40, 30));
    QByteArray filled = file;
    filled.insert(file.size() - 2, "\xff\xff\xff"); // before the end marker
    filled.insert(2, "\xff\xff");                   // before the first segment
    const auto exact = read(file);
    QVERIFY_VALUE(exact);
    const auto back = read(filled + QByteArray(77, 'x'));
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, filled.size());
    QVERIFY_SAME_PIXELS(back->image, exact->image);
}

void TestJpeg::damagedFileIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");

    const QByteArray file = encoded(ProtocolId::Jpeg, photo(40, 30));
    QTest::newRow("beginning and end only") << QByteArray("\xff\xd8\xff\xd9", 4);
    QTest::newRow("start marker only") << QByteArray("\xff\xd8\xff", 3);
    QTest::newRow("no marker where one must be") << file.first(2) + "garbage" + file.sliced(2);
    QTest::newRow("segment shorter than its own length")
        << QByteArray("\xff\xd8\xff\xe0\0\1", 6) + file.sliced(2);
    QTest::newRow("segment of 65535 bytes that are not there")
        << QByteArray("\xff\xd8\xff\xe1\xff\xff", 6) + file.sliced(2);
    QTest::newRow("all ones behind the start") << QByteArray("\xff\xd8", 2) + QByteArray(100000, '\xff');
    QTest::newRow("no scan") << file.first(file.indexOf("\xff\xda")) + "\xff\xd9";
}

void TestJpeg::damagedFileIsRefused()
{
    QFETCH(QByteArray, bytes);
    QVERIFY_BAD_DATA(read(bytes));
}

int tst_jpeg(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestJpeg>(argc, argv);
}

#include "tst_jpeg.moc"
