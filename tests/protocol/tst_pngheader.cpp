#include "common/protocol/png/pngheader.h"

#include "tests/protocol/pngforgery.h"
#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

using namespace shmpix;
using namespace shmpix::test;

namespace {

Result<qint64> fileBytes(const QByteArray& bytes, qint64 offset = 0)
{
    MemorySource source(spanOf(bytes));
    return pngFileBytes(source, offset);
}

Result<PngHeader> headerOf(const QByteArray& bytes)
{
    MemorySource source(spanOf(bytes));
    SourceReader reader(source);
    return readPngHeader(reader);
}

} // namespace

class TestPngHeader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void headerSaysWhatItSays_data();
    void headerSaysWhatItSays();
    void wrongChecksumIsRefused();
    void lengthEndsWithTheFile();
    void cutFileHasNoLength();
    void moreChunksThanAnyPictureHasAreRefused();
};

void TestPngHeader::headerSaysWhatItSays_data()
{
    QTest::addColumn<int>("depth");
    QTest::addColumn<int>("colorType");
    QTest::addColumn<int>("bitsPerPixel"); // 0 if the header is refused

    const std::array<std::array<int, 7>, 7> bits = {{
        // colour type: bits per pixel for depths 1, 2, 4, 8, 16, 32
        {0, 1, 2, 4, 8, 16, 0},
        {1, 0, 0, 0, 0, 0, 0},
        {2, 0, 0, 0, 24, 48, 0},
        {3, 1, 2, 4, 8, 0, 0},
        {4, 0, 0, 0, 16, 32, 0},
        {5, 0, 0, 0, 0, 0, 0},
        {6, 0, 0, 0, 32, 64, 0},
    }};
    for (const auto& row : bits) {
        for (std::size_t i = 0; i < 6; ++i) {
            QTest::addRow("colour type %d, %d bits", row[0], 1 << i) << (1 << i) << row[0] << row[i + 1];
        }
    }
}

void TestPngHeader::headerSaysWhatItSays()
{
    QFETCH(int, depth);
    QFETCH(int, colorType);
    QFETCH(int, bitsPerPixel);
    const auto header = headerOf(pngHeader(1234, 567, depth, colorType));
    if (bitsPerPixel == 0) {
        QVERIFY_BAD_DATA(header);
        return;
    }
    QVERIFY_VALUE(header);
    QCOMPARE(header->width, 1234);
    QCOMPARE(header->height, 567);
    QCOMPARE(header->bitDepth, depth);
    QCOMPARE(header->bitsPerPixel(), bitsPerPixel);
    QVERIFY(!header->interlaced);
}

void TestPngHeader::wrongChecksumIsRefused()
{
    QByteArray bytes = pngHeader(10, 10, 8, 2);
    QVERIFY_VALUE(headerOf(bytes));
    bytes[19] = 11; // would be a valid width
    const auto header = headerOf(bytes);
    QVERIFY_BAD_DATA(header);
    QVERIFY2(header.error().text.contains(QStringLiteral("checksum")), qPrintable(header.error().text));
}

void TestPngHeader::lengthEndsWithTheFile()
{
    const QByteArray file = qtFile(photo(64, 48), "png");
    for (const QByteArray& tail : {QByteArray(), QByteArray(1, '\0'), QByteArray(10000, '\xff'), file}) {
        const auto length = fileBytes(QByteArray(7, 'x') + file + tail, 7);
        QVERIFY_VALUE(length);
        QCOMPARE(*length, file.size());
    }
}

void TestPngHeader::cutFileHasNoLength()
{
    const QByteArray file = qtFile(photo(64, 48), "png");
    for (qsizetype length = 0; length < file.size(); ++length) {
        const auto result = fileBytes(file.first(length));
        QVERIFY2(isBadData(result), qPrintable(QString::number(length)));
    }
}

void TestPngHeader::moreChunksThanAnyPictureHasAreRefused()
{
    const auto withChunks = [](int count) {
        const QByteArray empty = pngChunk("tEXt", {});
        return pngHeader(1, 1, 8, 0) + empty.repeated(count) + pngChunk("IDAT", {}) + pngChunk("IEND", {});
    };
    QVERIFY_VALUE(fileBytes(withChunks(10000)));
    QVERIFY_BAD_DATA(fileBytes(withChunks(300000)));
}

int tst_pngheader(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestPngHeader>(argc, argv);
}

#include "tst_pngheader.moc"
