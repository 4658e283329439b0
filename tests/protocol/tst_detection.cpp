#include "common/protocol/detection.h"

#include "tests/protocol/pngforgery.h"
#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <QElapsedTimer>
#include <QRandomGenerator>

using namespace shmpix;
using namespace shmpix::test;

namespace {

Result<ProtocolId> detected(const QByteArray& bytes)
{
    MemorySource source(spanOf(bytes));
    return detectProtocol(source);
}

QByteArray randomBytes(qsizetype count, quint32 seed)
{
    QByteArray bytes(count, '\0');
    QRandomGenerator random(seed);
    for (char& byte : bytes) {
        byte = static_cast<char>(random.generate() >> 24);
    }
    return bytes;
}

void addPictures()
{
    QTest::addColumn<ProtocolId>("id");
    QTest::addColumn<QString>("name");
    for (ProtocolId id : selfDescribingProtocols()) {
        for (const QString& name : pictureNames()) {
            QTest::addRow("%s, %s", qPrintable(protocolName(id)), qPrintable(name)) << id << name;
        }
    }
}

} // namespace

class TestDetection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyEncodingIsDetectedAsItself_data() { addPictures(); }
    void everyEncodingIsDetectedAsItself();
    void longerSegmentIsDetectedToo_data() { addPictures(); }
    void longerSegmentIsDetectedToo();
    void reasonIsInWords_data();
    void reasonIsInWords();
    void onlyOneProtocolRecognisesAnEncoding_data();
    void onlyOneProtocolRecognisesAnEncoding();
    void A17_whatIsNoPictureIsBadData_data();
    void A17_whatIsNoPictureIsBadData();
    void A17_randomBytesAreBadData();
    void refusalSaysWhatTheSegmentBeginsWith();
    void cutSignatureIsNotRecognised_data();
    void cutSignatureIsNotRecognised();
    void hostilePngIsRefusedAtOnce_data();
    void hostilePngIsRefusedAtOnce();
};

void TestDetection::everyEncodingIsDetectedAsItself()
{
    QFETCH(ProtocolId, id);
    QFETCH(QString, name);
    const QByteArray bytes = encoded(id, picture(name));
    const auto found = detected(bytes);
    QVERIFY_VALUE(found);
    QCOMPARE(protocolName(*found), protocolName(id));
}

void TestDetection::longerSegmentIsDetectedToo()
{
    QFETCH(ProtocolId, id);
    QFETCH(QString, name);
    const QByteArray bytes = encoded(id, picture(name));
    auto found = detected(pageRounded(bytes));
    QVERIFY_VALUE(found);
    QCOMPARE(protocolName(*found), protocolName(id));
    if (id != ProtocolId::Rawsize) { // rawsize has no signature and is recognised by its size alone
        found = detected(bytes + QByteArray(3840 * 2160 * 3, '\0'));
        QVERIFY_VALUE(found);
        QCOMPARE(protocolName(*found), protocolName(id));
    }
}

void TestDetection::reasonIsInWords_data()
{
    QTest::addColumn<ProtocolId>("id");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("reason");

    const QImage image = photo(200, 150);
    const auto row = [](const char* name, ProtocolId id, const QByteArray& bytes, const char* reason) {
        QTest::newRow(name) << id << bytes << QString::fromUtf8(reason);
    };
    row("datastream", ProtocolId::Datastream, encoded(ProtocolId::Datastream, image),
        "QDataStream image: marker 1, then PNG");
    row("png", ProtocolId::Png, encoded(ProtocolId::Png, image),
        "PNG file: it starts with the PNG signature");
    row("bmp", ProtocolId::Bmp, encoded(ProtocolId::Bmp, image),
        "BMP file: it starts with BM and a BMP header");
    row("jpeg", ProtocolId::Jpeg, encoded(ProtocolId::Jpeg, image),
        "JPEG file: it starts with the JPEG markers FF D8 FF");
    const QByteArray raw = encoded(ProtocolId::Rawsize, image);
    row("rawsize", ProtocolId::Rawsize, raw,
        "Raw pixels: the header gives 200 × 150, which fills the segment");
    row("rawsize, page-rounded", ProtocolId::Rawsize, pageRounded(raw),
        "Raw pixels: the header gives 200 × 150, which fills the segment up to its last page");
    const QByteArray wrapped = QByteArray("\x80\xe0\0\0", 4) + QByteArray(640 * 480 * 4, 'x');
    row("rawsize, wrapped", ProtocolId::Rawsize, wrapped,
        "Raw pixels: the header gives 128 × 224, sides that have wrapped at 256; 640 × 480 fills the "
        "segment");
}

void TestDetection::reasonIsInWords()
{
    QFETCH(ProtocolId, id);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, reason);
    const auto found = detected(bytes);
    QVERIFY_VALUE(found);
    QCOMPARE(protocolName(*found), protocolName(id));
    QCOMPARE(recognised(id, bytes).value_or(QString()), reason);
}

void TestDetection::onlyOneProtocolRecognisesAnEncoding_data()
{
    QTest::addColumn<ProtocolId>("id");
    for (ProtocolId id : selfDescribingProtocols()) {
        QTest::newRow(qPrintable(protocolName(id))) << id;
    }
}

void TestDetection::onlyOneProtocolRecognisesAnEncoding()
{
    QFETCH(ProtocolId, id);
    const QByteArray bytes = encoded(id, photo(200, 150));
    for (ProtocolId other : selfDescribingProtocols()) {
        QVERIFY2(recognised(other, bytes).has_value() == (other == id), qPrintable(protocolName(other)));
        if (other != id && other != ProtocolId::Rawsize) {
            const auto back = decoded(other, bytes);
            QVERIFY2(isBadData(back), (protocolName(other).toUtf8() + ": " + describe(back)).constData());
        }
    }
}

void TestDetection::A17_whatIsNoPictureIsBadData_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("word"); // of the sentence

    const auto row = [](const char* name, const QByteArray& bytes, const char* word) {
        QTest::newRow(name) << bytes << QString::fromLatin1(word);
    };
    row("nothing", {}, "empty");
    row("one byte", QByteArray(1, 'x'), "78");
    row("one zero", QByteArray(1, '\0'), "zeros");
    row("a page of zeros", QByteArray(4096, '\0'), "zeros");
    row("zeros of a full HD picture", QByteArray(1920 * 1080 * 4, '\0'), "zeros");
    row("zeros of the OpenCV segment", QByteArray(3840 * 2160 * 3, '\0'), "zeros");
    row("a page of ones", QByteArray(4096, '\xff'), "ff ff ff ff");
    row("megabytes of ones", QByteArray(5000000, '\xff'), "ff ff ff ff");
    row("text", "Hello, this is no picture.\n", "48 65 6c 6c 6f");
    row("text that begins with BM", "BMW makes cars, not pictures.\n", "42 4d 57");
    row("BM alone", "BM", "42 4d");
    row("GIF", QByteArray("GIF89a\1\0\1\0\0\0\0;", 14), "47 49 46");
    row("a QString of QDataStream", QByteArray("\0\0\0\4\0a\0b", 8), "00 00 00 04");
    row("two bytes of a JPEG", "\xff\xd8", "ff d8");
    row("a page-rounded cut signature", pageRounded(QByteArray("\x89PNG\r\n", 6)), "89 50 4e");
}

void TestDetection::A17_whatIsNoPictureIsBadData()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, word);
    const auto found = detected(bytes);
    QVERIFY_BAD_DATA(found);
    QVERIFY2(found.error().text.contains(word), qPrintable(found.error().text));
    for (ProtocolId id : selfDescribingProtocols()) {
        if (id != ProtocolId::Rawsize ||
            bytes.size() < 5) { // rawsize may find a size for anything if it is requested
            const auto back = decoded(id, bytes);
            QVERIFY2(isBadData(back), (protocolName(id).toUtf8() + ": " + describe(back)).constData());
        }
    }
}

void TestDetection::A17_randomBytesAreBadData()
{
    for (quint32 seed = 1; seed <= 4000; ++seed) {
        // Neither a multiple of four nor of the page size: no picture fills such a segment.
        const qsizetype count = 4 * (1 + seed * 37 % 5000) + 1 + seed % 3;
        const QByteArray bytes = randomBytes(count, seed);
        const auto found = detected(bytes);
        QVERIFY2(isBadData(found), qPrintable(QStringLiteral("seed %1, %2 bytes: %3")
                                                  .arg(seed)
                                                  .arg(count)
                                                  .arg(QString::fromUtf8(describe(found)))));
        for (ProtocolId id : {ProtocolId::Datastream, ProtocolId::Png, ProtocolId::Bmp, ProtocolId::Jpeg}) {
            const auto back = decoded(id, bytes);
            QVERIFY2(isBadData(back),
                     qPrintable(QStringLiteral("seed %1 as %2").arg(seed).arg(protocolName(id))));
        }
    }
}

void TestDetection::refusalSaysWhatTheSegmentBeginsWith()
{
    const QString sentence = detected(QByteArray("\x93MUMPS\1\0v\0{'descr'", 18)).error().text;
    QVERIFY2(sentence.contains(QStringLiteral("93 4d 55 4d 50 53 01 00 76 00 7b 27 64 65 73 63")),
             qPrintable(sentence));
    QVERIFY2(!sentence.contains(QStringLiteral("63 72")), qPrintable(sentence)); // sixteen bytes only
    QVERIFY2(sentence.contains(QStringLiteral("18 bytes")), qPrintable(sentence));
}

void TestDetection::cutSignatureIsNotRecognised_data()
{
    QTest::addColumn<ProtocolId>("id");
    QTest::addColumn<int>("least"); // the number of bytes needed for recognition

    QTest::newRow("datastream") << ProtocolId::Datastream << 12;
    QTest::newRow("png") << ProtocolId::Png << 8;
    QTest::newRow("bmp") << ProtocolId::Bmp << 18;
    QTest::newRow("jpeg") << ProtocolId::Jpeg << 3;
}

void TestDetection::cutSignatureIsNotRecognised()
{
    QFETCH(ProtocolId, id);
    QFETCH(int, least);
    const QByteArray bytes = encoded(id, photo(9, 7));
    for (int length = 0; length <= 40; ++length) {
        QVERIFY2(recognised(id, bytes.first(length)).has_value() == (length >= least),
                 qPrintable(QString::number(length)));
        if (length < least) {
            QVERIFY_BAD_DATA(detected(bytes.first(length)));
        }
    }
}

void TestDetection::hostilePngIsRefusedAtOnce_data()
{
    QTest::addColumn<QByteArray>("file");

    const QByteArray data =
        pngChunk("IDAT", QByteArray("\x78\1\1\0\0\xff\xff\0\0\0\1", 11)) + pngChunk("IEND", {});
    const auto row = [&data](const char* name, quint32 width, quint32 height, int depth, int type) {
        QTest::newRow(name) << pngHeader(width, height, depth, type) + data;
    };
    row("bomb of 30000 x 30000, 1 bit", 30000, 30000, 1, 0);
    row("bomb of 30000 x 30000, palette", 30000, 30000, 8, 3);
    row("bomb of 65535 x 65535", 65535, 65535, 1, 0);
    row("one row over the limit", 16384, 16385, 8, 2);
    row("over the limit by its 16 bits", 16384, 16384, 16, 6);
    row("2^31 - 1 wide", 0x7fffffff, 1, 8, 6);
    row("2^31 - 1 high", 1, 0x7fffffff, 8, 6);
    row("2^31 - 1 both", 0x7fffffff, 0x7fffffff, 16, 6);
    row("2^31 wide", 0x80000000, 1, 8, 0);
    row("2^32 - 1 both", 0xffffffff, 0xffffffff, 8, 6);
    row("bytes wrap to 0 in 32 bits", 0x8000, 0x20000, 8, 0);
    row("no width", 0, 10, 8, 0);
    row("no height", 10, 0, 8, 0);
    row("3 bits", 10, 10, 3, 0);
    row("palette of 16 bits", 10, 10, 16, 3);
    row("colour type 5", 10, 10, 8, 5);
    row("fewer rows than its header says", 10, 10, 8, 2);
    row("16384 x 16384 of nothing", 16384, 16384, 8, 6);
    QTest::newRow("chunk of 2^31 bytes") << pngHeader(10, 10, 8, 2) + bigEndian(0x80000000) + "IDAT" + data;
    QTest::newRow("chunk of 2^31 - 1 bytes")
        << pngHeader(10, 10, 8, 2) + bigEndian(0x7fffffff) + "IDAT" + data;
    QTest::newRow("skipped chunk of 2^31 - 1 bytes")
        << pngHeader(10, 10, 8, 2) + bigEndian(0x7fffffff) + "tEXt" + data;
    QByteArray many = pngHeader(10, 10, 1, 0);
    const QByteArray empty = pngChunk("tEXt", {});
    for (int i = 0; i < 1 << 19; ++i) {
        many += empty;
    }
    QTest::newRow("half a million empty chunks") << many + data;
}

void TestDetection::hostilePngIsRefusedAtOnce()
{
    QFETCH(QByteArray, file);
    QElapsedTimer timer;
    timer.start();
    QVERIFY_BAD_DATA(decoded(ProtocolId::Png, file));
    QVERIFY_BAD_DATA(decoded(ProtocolId::Datastream, QByteArray("\0\0\0\1", 4) + file));
    QVERIFY_BAD_DATA(decoded(ProtocolId::Png, file + QByteArray(1 << 20, '\0')));
    QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
}

int tst_detection(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestDetection>(argc, argv);
}

#include "tst_detection.moc"
