#include "common/protocol/bmpheader.h"
#include "tests/unit/codecbytes.h"

#include <QtEndian>

using namespace shmpix;
using namespace shmpix::test;

namespace {

constexpr qsizetype pixelOffsetField = 10;
constexpr qsizetype headerSizeField = 14;
constexpr qsizetype widthField = 18;
constexpr qsizetype heightField = 22;
constexpr qsizetype planesField = 26;
constexpr qsizetype bitsField = 28;
constexpr qsizetype compressionField = 30;
constexpr qsizetype imageSizeField = 34;
constexpr qsizetype colorsField = 46;

struct Change
{
    qsizetype at;
    qint64 value;
};

/// A sound BMP of 20 × 10 with some fields changed; half a megabyte of zeros behind it.
QByteArray changed(std::initializer_list<Change> changes, const char* pictureName = "palette")
{
    QByteArray file = encoded(ProtocolId::Bmp, picture(QString::fromLatin1(pictureName)).copy(0, 0, 20, 10)) +
                      QByteArray(1 << 19, '\0');
    for (const Change& change : changes) {
        if (change.at == planesField || change.at == bitsField) {
            qToLittleEndian(static_cast<quint16>(change.value), file.data() + change.at);
        } else {
            qToLittleEndian(static_cast<quint32>(change.value), file.data() + change.at);
        }
    }
    return file;
}

/// A run-length coded file: 4 × 2 pixels, two runs.
QByteArray runLength(quint32 imageBytes)
{
    QByteArray file =
        changed({{widthField, 4}, {heightField, 2}, {compressionField, 1}, {imageSizeField, imageBytes}});
    const QByteArray runs("\4\1\0\0\4\2\0\1", 8);
    return file.replace(54 + 1024, runs.size(), runs).first(54 + 1024 + runs.size());
}

} // namespace

class TestBmpHostile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void startingPointIsSound();
    void hostileHeaderIsRefused_data();
    void hostileHeaderIsRefused();
    void fieldsThatDoNotMatterAreIgnored_data();
    void fieldsThatDoNotMatterAreIgnored();
    void runLengthIsReadWithItsLength();
    void runLengthWithoutItsLengthIsRefused_data();
    void runLengthWithoutItsLengthIsRefused();
    void colourBeyondThePaletteIsHarmless();
    void headerSaysWhatItSays();
    void headerOfOs2IsRead();
};

void TestBmpHostile::startingPointIsSound()
{
    const auto back = decoded(ProtocolId::Bmp, changed({}));
    QVERIFY_VALUE(back);
    QCOMPARE(back->image.size(), QSize(20, 10));
}

void TestBmpHostile::hostileHeaderIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("word"); // of the sentence

    const auto row = [](const char* name, const QByteArray& bytes, const char* word) {
        QTest::newRow(name) << bytes << QString::fromUtf8(word);
    };
    row("pixels at byte 0", changed({{pixelOffsetField, 0}}), "inside its header");
    row("pixels in the file header", changed({{pixelOffsetField, 13}}), "inside its header");
    row("pixels in the info header", changed({{pixelOffsetField, 53}}), "inside its header");
    row("pixels in the palette", changed({{pixelOffsetField, 54 + 1023}}), "inside its header");
    row("pixels in the masks", changed({{pixelOffsetField, 121}}, "alpha"), "inside its header");
    row("pixels behind the segment", changed({{pixelOffsetField, 0x7fffffff}}), "cut");
    row("pixels at 2^32 - 1", changed({{pixelOffsetField, 0xffffffff}}), "cut");
    row("header of 0 bytes", changed({{headerSizeField, 0}}), "header of 0 bytes");
    row("header of 39 bytes", changed({{headerSizeField, 39}}), "header of 39 bytes");
    row("header of 2^32 - 1 bytes", changed({{headerSizeField, 0xffffffff}}), "header of 4294967295 bytes");
    row("negative width", changed({{widthField, -20}}), "-20");
    row("least width", changed({{widthField, std::numeric_limits<qint32>::min()}}), "-2147483648");
    row("no width", changed({{widthField, 0}}), "empty");
    row("no height", changed({{heightField, 0}}), "empty");
    row("least height", changed({{heightField, std::numeric_limits<qint32>::min()}}), "2147483648");
    row("most width", changed({{widthField, 0x7fffffff}}), "too large");
    row("most height", changed({{heightField, 0x7fffffff}}), "too large");
    row("both most", changed({{widthField, 0x7fffffff}, {heightField, 0x7fffffff}}), "too large");
    row("stride that wraps to 0", changed({{widthField, 0x7ffffffd}, {heightField, 1}}), "too large");
    row("65535 x 65535", changed({{widthField, 65535}, {heightField, 65535}}), "too large");
    row("more rows than there are", changed({{heightField, 60000}}), "cut");
    row("more rows than there are, top row first", changed({{heightField, -60000}}), "cut");
    row("no planes", changed({{planesField, 0}}), "0 planes");
    row("two planes", changed({{planesField, 2}}), "2 planes");
    row("0 bits", changed({{bitsField, 0}}), "0 bits");
    row("7 bits", changed({{bitsField, 7}}), "7 bits");
    row("64 bits", changed({{bitsField, 64}}), "64 bits");
    row("65535 bits", changed({{bitsField, 65535}}), "65535 bits");
    row("palette of 257", changed({{colorsField, 257}}), "257 colours");
    row("palette of 3 for 1 bit", changed({{bitsField, 1}, {colorsField, 3}}), "3 colours");
    row("palette of 17 for 4 bits", changed({{bitsField, 4}, {colorsField, 17}}), "17 colours");
    row("palette of 2^30, 4 bytes each", changed({{colorsField, 0x40000000}}), "1073741824 colours");
    row("palette of 2^32 - 1", changed({{colorsField, 0xffffffff}}), "4294967295 colours");
    row("JPEG inside", changed({{compressionField, 4}}), "compression 4");
    row("PNG inside", changed({{compressionField, 5}}), "compression 5");
    row("unknown compression", changed({{compressionField, 0xffffffff}}), "compression 4294967295");
    row("4-bit run length of 8 bits", changed({{compressionField, 2}}), "compression 2");
    row("run length of 24 bits", changed({{compressionField, 1}}, "photo"), "compression 1");
    row("run length, top row first", changed({{compressionField, 1}, {heightField, -10}}), "compression 1");
    row("bit fields of 8 bits", changed({{compressionField, 3}}), "compression 3");
    row("bit fields of 24 bits", changed({{compressionField, 3}}, "photo"), "compression 3");
    row("not BM", QByteArray("BA") + changed({}).sliced(2), "BM");
}

void TestBmpHostile::hostileHeaderIsRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, word);
    const auto back = decoded(ProtocolId::Bmp, bytes);
    QVERIFY_BAD_DATA(back);
    QVERIFY2(back.error().text.contains(word), qPrintable(back.error().text));
}

void TestBmpHostile::fieldsThatDoNotMatterAreIgnored_data()
{
    QTest::addColumn<QByteArray>("bytes");

    QTest::newRow("size of the file") << changed({{2, 0xffffffff}});
    QTest::newRow("size of the file, 0") << changed({{2, 0}});
    QTest::newRow("size of the pixels, 0") << changed({{imageSizeField, 0}});
    QTest::newRow("size of the pixels, most") << changed({{imageSizeField, 0xffffffff}});
    QTest::newRow("resolution") << changed({{38, 0x80000000}, {42, 0x7fffffff}});
    QTest::newRow("reserved") << changed({{6, 0xffffffff}});
    QTest::newRow("palette of 0 is one of 256") << changed({{colorsField, 0}});
}

void TestBmpHostile::fieldsThatDoNotMatterAreIgnored()
{
    QFETCH(QByteArray, bytes);
    const auto sound = decoded(ProtocolId::Bmp, changed({}));
    QVERIFY_VALUE(sound);
    const auto back = decoded(ProtocolId::Bmp, bytes);
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, sound->bytes);
    QVERIFY_SAME_PIXELS(back->image, sound->image);
}

void TestBmpHostile::runLengthIsReadWithItsLength()
{
    const auto back = decoded(ProtocolId::Bmp, runLength(8) + QByteArray(99, '\xff'));
    QVERIFY_VALUE(back);
    QCOMPARE(back->bytes, runLength(8).size());
    QImage qt;
    QVERIFY(qt.loadFromData(runLength(8), "bmp"));
    QVERIFY_SAME_PIXELS(back->image, qt);
    const QImage colors = picture(QStringLiteral("palette"));
    QCOMPARE(back->image.pixel(3, 1), colors.color(1));
    QCOMPARE(back->image.pixel(0, 0), colors.color(2));
}

void TestBmpHostile::runLengthWithoutItsLengthIsRefused_data()
{
    QTest::addColumn<quint32>("imageBytes");
    QTest::addColumn<QString>("word"); // of the sentence

    QTest::newRow("none") << 0U << QStringLiteral("does not say how long it is");
    QTest::newRow("one too many") << 9U << QStringLiteral("The BMP is cut");
    QTest::newRow("2^31") << 0x80000000U << QStringLiteral("The BMP is cut");
    QTest::newRow("2^32 - 1") << 0xffffffffU << QStringLiteral("The BMP is cut");
}

void TestBmpHostile::runLengthWithoutItsLengthIsRefused()
{
    QFETCH(quint32, imageBytes);
    QFETCH(QString, word);
    const auto back = decoded(ProtocolId::Bmp, runLength(imageBytes));
    QVERIFY_BAD_DATA(back);
    QVERIFY2(back.error().text.contains(word), qPrintable(back.error().text));
}

void TestBmpHostile::colourBeyondThePaletteIsHarmless()
{
    QByteArray bytes = changed({{colorsField, 2}});
    bytes[54 + 1024] = '\xc8'; // the first pixel of the last row
    const auto back = decoded(ProtocolId::Bmp, bytes);
    QVERIFY_VALUE(back);
    QVERIFY2(back->image.colorCount() > 0xc8, qPrintable(QString::number(back->image.colorCount())));
    QCOMPARE(back->image.pixel(0, 9), qRgb(0, 0, 0));
}

void TestBmpHostile::headerSaysWhatItSays()
{
    const QByteArray bytes = changed({{heightField, -10}});
    MemorySource source(spanOf(bytes));
    const auto header = readBmpHeader(source);
    QVERIFY_VALUE(header);
    QCOMPARE(header->width, 20);
    QCOMPARE(header->height, 10);
    QCOMPARE(header->bitsPerPixel, 8);
    QVERIFY(header->topDown);
    QCOMPARE(header->fileBytes, 54 + 1024 + 200);

    const QByteArray exact = bytes.first(header->fileBytes);
    MemorySource exactSource(spanOf(exact));
    QVERIFY_VALUE(readBmpHeader(exactSource));
    const QByteArray cut = exact.chopped(1);
    MemorySource cutSource(spanOf(cut));
    QVERIFY_BAD_DATA(readBmpHeader(cutSource));
}

void TestBmpHostile::headerOfOs2IsRead()
{
    QByteArray file(26 + 2 * 3 + 4, '\0'); // two colours of three bytes, one row of eight pixels
    file.replace(0, 2, "BM");
    qToLittleEndian<quint32>(32, file.data() + pixelOffsetField);
    qToLittleEndian<quint32>(12, file.data() + headerSizeField);
    qToLittleEndian<quint16>(8, file.data() + 18);
    qToLittleEndian<quint16>(1, file.data() + 20);
    qToLittleEndian<quint16>(1, file.data() + 22);
    qToLittleEndian<quint16>(1, file.data() + 24);
    file.replace(29, 3, "\x10\x20\x30"); // blue, green, red
    file[32] = '\x81';
    const auto back = decoded(ProtocolId::Bmp, file);
    QVERIFY_VALUE(back);
    QCOMPARE(back->image.size(), QSize(8, 1));
    QCOMPARE(back->image.pixel(0, 0), qRgb(0x30, 0x20, 0x10));
    QCOMPARE(back->image.pixel(1, 0), qRgb(0, 0, 0));
    QCOMPARE(back->image.pixel(7, 0), qRgb(0x30, 0x20, 0x10));
    QVERIFY_BAD_DATA(decoded(ProtocolId::Bmp, file.chopped(1)));
}

QTEST_GUILESS_MAIN(TestBmpHostile)
#include "tst_bmphostile.moc"
