#include "common/protocol/raw/rawsizegeometry.h"
#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using namespace shmpix::test;

namespace {

/// Returns the bytes of the Python writer: np.insert(rgba, 0, [w, h, 0, 0]) with uint8, so that the sides
/// wrap.
QByteArray pythonBytes(const QImage& image)
{
    QByteArray bytes;
    bytes.reserve(4 + 4 * qsizetype{image.width()} * image.height());
    bytes.append(char(image.width() & 255)).append(char(image.height() & 255)).append("\0\0", 2);
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QRgb pixel = image.pixel(x, y);
            bytes.append(char(qRed(pixel))).append(char(qGreen(pixel)));
            bytes.append(char(qBlue(pixel))).append(char(qAlpha(pixel)));
        }
    }
    return bytes;
}

QByteArray header(QSize size)
{
    const auto byte = [](int value) { return char(value & 255); };
    return QByteArray()
        .append(byte(size.width()))
        .append(byte(size.height()))
        .append(byte(size.width() >> 8))
        .append(byte(size.height() >> 8));
}

QByteArray text(QSize size)
{
    return QByteArray::number(size.width()) + 'x' + QByteArray::number(size.height());
}

std::vector<RawsizeCandidate> wrappedCandidates(QSize size, qint64 segmentBytes)
{
    return rawsizeCandidates({static_cast<unsigned char>(size.width() & 255),
                              static_cast<unsigned char>(size.height() & 255), 0, 0},
                             segmentBytes);
}

qint64 bytesFor(QSize size)
{
    return 4 + qint64{size.width()} * size.height() * 4;
}

qint64 roundedUp(qint64 bytes)
{
    return (bytes + 4095) / 4096 * 4096;
}

Result<Decoded> read(const QByteArray& bytes, QSize size = {})
{
    return decoded(ProtocolId::Rawsize, bytes, DecodeOptions{size, {}});
}

} // namespace

class TestRawsize : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void smallPictureIsByteForByteThePythonWriters_data();
    void smallPictureIsByteForByteThePythonWriters();
    void A18_sidesOver255StandInTheHeaderWithoutWrapping_data();
    void A18_sidesOver255StandInTheHeaderWithoutWrapping();
    void wrappedSidesAreFound_data();
    void wrappedSidesAreFound();
    void wrappedPictureIsRead_data();
    void wrappedPictureIsRead();
    void oddWrappedSidesAreAmongTheCandidates_data();
    void oddWrappedSidesAreAmongTheCandidates();
    void pageRoundedSegmentIsRead_data();
    void pageRoundedSegmentIsRead();
    void otherSizesAreOfferedAndCanBeChosen();
    void sizeThatDoesNotFitIsRefused();
    void everyCandidateLiesWithinTheSegment();
    void segmentsThatNoSizeFitsAreRefused_data();
    void segmentsThatNoSizeFitsAreRefused();
    void blankSegmentIsNotRecognised_data();
    void blankSegmentIsNotRecognised();
};

void TestRawsize::smallPictureIsByteForByteThePythonWriters_data()
{
    QTest::addColumn<QSize>("size");
    for (const QSize size :
         {QSize(1, 1), QSize(3, 2), QSize(200, 150), QSize(255, 255), QSize(1, 255), QSize(255, 1)}) {
        QTest::newRow(text(size).constData()) << size;
    }
}

void TestRawsize::smallPictureIsByteForByteThePythonWriters()
{
    QFETCH(QSize, size);
    for (QImage::Format format : {QImage::Format_RGBA8888, QImage::Format_ARGB32, QImage::Format_RGB32}) {
        const QImage image = picture(QStringLiteral("noise")).scaled(size).convertToFormat(format);
        const QByteArray python = pythonBytes(image);
        const QByteArray ours = encoded(ProtocolId::Rawsize, image);
        QCOMPARE(ours.size(), python.size());
        QCOMPARE(ours.first(4), python.first(4));
        QVERIFY2(ours == python, qPrintable(QStringLiteral("format %1").arg(format)));
        const auto back = read(python);
        QVERIFY_VALUE(back);
        QCOMPARE(back->bytes, python.size());
        QVERIFY_SAME_PIXELS(back->image, image);
    }
}

void TestRawsize::A18_sidesOver255StandInTheHeaderWithoutWrapping_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<QByteArray>("header");

    QTest::newRow("256x1") << QSize(256, 1) << QByteArray("\0\1\1\0", 4);
    QTest::newRow("1x256") << QSize(1, 256) << QByteArray("\1\0\0\1", 4);
    QTest::newRow("256x256") << QSize(256, 256) << QByteArray("\0\0\1\1", 4);
    QTest::newRow("640x480") << QSize(640, 480) << QByteArray("\x80\xe0\2\1", 4);
    QTest::newRow("1920x1080") << QSize(1920, 1080) << QByteArray("\x80\x38\7\4", 4);
    QTest::newRow("65535x1") << QSize(65535, 1) << QByteArray("\xff\1\xff\0", 4);
    QTest::newRow("1x65535") << QSize(1, 65535) << QByteArray("\1\xff\0\xff", 4);
    QTest::newRow("65280x2") << QSize(65280, 2) << QByteArray("\0\2\xff\0", 4);
}

void TestRawsize::A18_sidesOver255StandInTheHeaderWithoutWrapping()
{
    QFETCH(QSize, size);
    QFETCH(QByteArray, header);
    const QImage image = picture(QStringLiteral("noise")).scaled(size);
    const QByteArray bytes = encoded(ProtocolId::Rawsize, image);
    QCOMPARE(bytes.first(4), header);
    for (const QByteArray& segment : {bytes, pageRounded(bytes)}) {
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QCOMPARE(back->image.size(), size);
        QCOMPARE(back->bytes, bytesFor(size));
        QVERIFY_SAME_PIXELS(back->image, image);
    }
}

void TestRawsize::wrappedSidesAreFound_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("isPageRounded");
    for (const QSize size : {QSize(320, 240), QSize(400, 300), QSize(512, 512), QSize(640, 360),
                             QSize(640, 480), QSize(720, 576), QSize(800, 600), QSize(1024, 768),
                             QSize(1280, 720), QSize(1280, 1024), QSize(1600, 1200), QSize(1920, 1080),
                             QSize(1080, 1920), QSize(2560, 1440), QSize(3840, 2160), QSize(7680, 4320)}) {
        QTest::newRow(text(size).constData()) << size << false;
        QTest::newRow((text(size) + ", page-rounded").constData()) << size << true;
    }
}

void TestRawsize::wrappedSidesAreFound()
{
    QFETCH(QSize, size);
    QFETCH(bool, isPageRounded);
    const qint64 bytes = isPageRounded ? roundedUp(bytesFor(size)) : bytesFor(size);
    const auto candidates = wrappedCandidates(size, bytes);
    QVERIFY(!candidates.empty());
    QCOMPARE(candidates.front().size, size);
    QCOMPARE(candidates.front().fit, isPageRounded ? RawsizeFit::WrappedPage : RawsizeFit::Wrapped);
}

void TestRawsize::wrappedPictureIsRead_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<QByteArray>("header");

    QTest::newRow("640x480") << QSize(640, 480) << QByteArray("\x80\xe0\0\0", 4);
    QTest::newRow("800x600") << QSize(800, 600) << QByteArray("\x20\x58\0\0", 4);
    QTest::newRow("1024x768") << QSize(1024, 768) << QByteArray("\0\0\0\0", 4);
    QTest::newRow("1920x1080") << QSize(1920, 1080) << QByteArray("\x80\x38\0\0", 4);
}

void TestRawsize::wrappedPictureIsRead()
{
    QFETCH(QSize, size);
    QFETCH(QByteArray, header);
    const QImage image = photo(size.width(), size.height());
    const QByteArray bytes = pythonBytes(image);
    QCOMPARE(bytes.first(4), header);
    QCOMPARE(bytes.size(), 4 + qsizetype{4} * size.width() * size.height());
    for (const QByteArray& segment : {bytes, pageRounded(bytes)}) {
        const auto back = read(segment);
        QVERIFY_VALUE(back);
        QVERIFY2(back->reason.contains(QStringLiteral("wrapped at 256")), qPrintable(back->reason));
        QVERIFY2(back->reason.contains(QStringLiteral("%1 × %2").arg(size.width()).arg(size.height())),
                 qPrintable(back->reason));
        QCOMPARE(back->bytes, bytes.size());
        QVERIFY_SAME_PIXELS(back->image, image);
    }
    QVERIFY(recognised(ProtocolId::Rawsize, bytes).has_value());
}

void TestRawsize::oddWrappedSidesAreAmongTheCandidates_data()
{
    QTest::addColumn<QSize>("size");
    for (const QSize size :
         {QSize(256, 1), QSize(257, 3), QSize(333, 301), QSize(1000, 700), QSize(4000, 30), QSize(30, 4000),
          QSize(5000, 5000), QSize(65535, 2), QSize(1, 65535), QSize(256, 256)}) {
        QTest::newRow(text(size).constData()) << size;
    }
}

void TestRawsize::oddWrappedSidesAreAmongTheCandidates()
{
    QFETCH(QSize, size);
    const auto has = [size](const std::vector<RawsizeCandidate>& candidates, RawsizeFit fit) {
        return std::count(candidates.begin(), candidates.end(), RawsizeCandidate{size, fit}) == 1;
    };
    QVERIFY(has(wrappedCandidates(size, bytesFor(size)), RawsizeFit::Wrapped));
    const qint64 rounded = roundedUp(bytesFor(size));
    const bool isWholePages = rounded == bytesFor(size);
    QVERIFY(
        has(wrappedCandidates(size, rounded), isWholePages ? RawsizeFit::Wrapped : RawsizeFit::WrappedPage));
}

void TestRawsize::pageRoundedSegmentIsRead_data()
{
    QTest::addColumn<QSize>("size");
    for (const QSize size :
         {QSize(200, 150), QSize(1, 1), QSize(31, 33), QSize(255, 255), QSize(1023, 1), QSize(1000, 7)}) {
        QTest::newRow(text(size).constData()) << size;
    }
}

void TestRawsize::pageRoundedSegmentIsRead()
{
    QFETCH(QSize, size);
    const QImage image = photo(size.width(), size.height());
    const QByteArray bytes = encoded(ProtocolId::Rawsize, image);
    const QByteArray segment = pageRounded(bytes);
    QCOMPARE(segment.size() % 4096, 0);
    const auto back = read(segment);
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, bytes.size());
    QVERIFY_SAME_PIXELS(back->image, image);
    QVERIFY(recognised(ProtocolId::Rawsize, segment).has_value());
}

void TestRawsize::otherSizesAreOfferedAndCanBeChosen()
{
    const QByteArray bytes = pythonBytes(photo(512, 512));
    const auto likeliest = read(bytes);
    QVERIFY_VALUE(likeliest);
    QCOMPARE(likeliest->image.size(), QSize(512, 512));
    const auto offers = [](const Decoded& picture, QSize size) {
        return std::find(picture.otherSizes.begin(), picture.otherSizes.end(), size) !=
               picture.otherSizes.end();
    };
    QVERIFY(!offers(*likeliest, QSize(512, 512)));
    for (const QSize size : {QSize(1024, 256), QSize(256, 1024)}) {
        QVERIFY2(offers(*likeliest, size), text(size).constData());
        const auto chosen = read(bytes, size);
        QVERIFY_VALUE(chosen);
        QCOMPARE(chosen->image.size(), size);
        QVERIFY(offers(*chosen, QSize(512, 512)));
        QVERIFY(!offers(*chosen, size));
        // The same bytes, divided into other rows.
        QCOMPARE(chosen->image.pixel(0, 0), likeliest->image.pixel(0, 0));
        QCOMPARE(chosen->image.pixel(size.width() - 1, size.height() - 1), likeliest->image.pixel(511, 511));
    }
}

void TestRawsize::sizeThatDoesNotFitIsRefused()
{
    const QByteArray bytes = pythonBytes(photo(512, 512));
    for (const QSize size :
         {QSize(511, 512), QSize(512, 513), QSize(65535, 65535), QSize(2147483647, 2147483647)}) {
        QVERIFY_BAD_DATA(read(bytes, size));
    }
}

void TestRawsize::everyCandidateLiesWithinTheSegment()
{
    for (qint64 bytes :
         {qint64{5}, qint64{8}, qint64{4096}, qint64{262148}, qint64{8294404}, qint64{8298496},
          (qint64{1} << 30), (qint64{1} << 30) + 1, qint64{1} << 40, std::numeric_limits<qint64>::max()}) {
        for (int first = 0; first < 256; first += 15) {
            for (int second : {0, 1, 56, 128, 255}) {
                const auto candidates = rawsizeCandidates(
                    {static_cast<unsigned char>(first), static_cast<unsigned char>(second), 0, 0}, bytes);
                for (const RawsizeCandidate& candidate : candidates) {
                    const QSize size = candidate.size;
                    QVERIFY2(!size.isEmpty() && size.width() <= 65535 && size.height() <= 65535 &&
                                 size.width() % 256 == first && size.height() % 256 == second &&
                                 bytesFor(size) <= bytes,
                             (text(size) + " in " + QByteArray::number(bytes)).constData());
                }
            }
        }
    }
}

void TestRawsize::segmentsThatNoSizeFitsAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");

    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("one byte") << QByteArray(1, '\7');
    QTest::newRow("three bytes") << QByteArray(3, '\1');
    QTest::newRow("header only") << QByteArray("\1\1\0\0", 4);
    QTest::newRow("one byte of a pixel") << QByteArray("\1\1\0\0x", 5);
    QTest::newRow("last byte missing") << pythonBytes(photo(20, 10)).chopped(1);
    QTest::newRow("sides far beyond the segment") << QByteArray(10000, '\xff');
    QTest::newRow("65535 x 1 in a small one") << header(QSize(65535, 1)) + QByteArray(1000, 'x');
    QTest::newRow("no width") << header(QSize(0, 1024)) + QByteArray(4096, 'x');
}

void TestRawsize::segmentsThatNoSizeFitsAreRefused()
{
    QFETCH(QByteArray, bytes);
    QVERIFY_BAD_DATA(read(bytes));
    QVERIFY(!recognised(ProtocolId::Rawsize, bytes).has_value());
}

void TestRawsize::blankSegmentIsNotRecognised_data()
{
    QTest::addColumn<int>("size");
    for (int size : {1, 4, 5, 4096, 262144, 266240, 1 << 20, 8294400}) {
        QTest::newRow(QByteArray::number(size).constData()) << size;
    }
}

void TestRawsize::blankSegmentIsNotRecognised()
{
    QFETCH(int, size);
    QVERIFY(!recognised(ProtocolId::Rawsize, QByteArray(size, '\0')).has_value());
}

int tst_rawsize(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestRawsize>(argc, argv);
}

#include "tst_rawsize.moc"
