#include "common/protocol/bmp/bmpheader.h"
#include "tests/protocol/bmpforgery.h"
#include "tests/support/codecbytes.h"
#include "tests/support/runtest.h"

#include <QRandomGenerator>

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

/// Makes a valid BMP file of 20 × 10 pixels with some fields changed, followed by half a megabyte of zeros.
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

void addFiles()
{
    QTest::addColumn<QByteArray>("file");

    constexpr BmpMasks masks565 = {0xf800, 0x07e0, 0x001f, 0};
    const QByteArray palette = forgedBmp({40, 8, 0, 21, 10, 200});
    const QByteArray color = forgedBmp({40, 24, 0, 21, -10});
    QTest::newRow("1 bit") << forgedBmp({40, 1, 0, 33, 10});
    QTest::newRow("4 bits") << forgedBmp({40, 4, 0, 21, 10});
    QTest::newRow("8 bits") << palette;
    QTest::newRow("565") << forgedBmp({40, 16, 3, 21, 10, 0, masks565});
    QTest::newRow("24 bits, top row first") << color;
    QTest::newRow("32 bits") << forgedBmp({40, 32, 0, 21, 10});
    QTest::newRow("version 5, BGRA") << forgedBmp({124, 32, 3, 21, 10, 0, masksBgra});
    QTest::newRow("OS/2") << forgedBmp({12, 8, 0, 21, 10});
    QTest::newRow("run lengths") << runLength(8);
    QTest::newRow("8 bits behind its length") << behindLength(palette);
    QTest::newRow("24 bits under its length") << underLength(color);
}

/// Changes its bytes after every read, so that the codec must not read anything twice.
class ChangingSource final : public ByteSource
{
public:
    ChangingSource(QByteArray bytes, QByteArray later)
        : m_bytes(std::move(bytes))
        , m_later(std::move(later))
    {
    }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override
    {
        m_fetched += static_cast<qint64>(out.size());
        auto result = MemorySource(spanOf(m_bytes)).read(offset, out);
        m_bytes = m_later;
        return result;
    }
    [[nodiscard]] qint64 fetched() const { return m_fetched; }

private:
    QByteArray m_bytes;
    QByteArray m_later;
    qint64 m_fetched = 0;
};

/// Looks at every pixel, as a window would.
bool isWhole(const Result<Decoded>& result)
{
    return result && !result->image.isNull() && !result->image.convertToFormat(QImage::Format_RGB32).isNull();
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
    void runLengthLongerThanTheSegmentIsRefused_data();
    void runLengthLongerThanTheSegmentIsRefused();
    void colourBeyondThePaletteIsHarmless();
    void A12_A17_everyCutIsRefused_data() { addFiles(); }
    void A12_A17_everyCutIsRefused();
    void A17_everyFlippedBitIsReadOrRefused_data() { addFiles(); }
    void A17_everyFlippedBitIsReadOrRefused();
    void whatChangesMeanwhileDoesNoHarm_data() { addFiles(); }
    void whatChangesMeanwhileDoesNoHarm();
    void eachByteIsFetchedOnce_data() { addFiles(); }
    void eachByteIsFetchedOnce();
    void A17_bytesAtRandomAreNoBmp();
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
    row("A7 pixels at byte 0", changed({{pixelOffsetField, 0}}), "inside its header");
    row("A7 pixels in the file header", changed({{pixelOffsetField, 13}}), "inside its header");
    row("A7 pixels in the info header", changed({{pixelOffsetField, 53}}), "inside its header");
    row("A7 pixels in the palette", changed({{pixelOffsetField, 54 + 1023}}), "inside its header");
    row("A7 pixels in the masks", changed({{pixelOffsetField, 121}}, "alpha"), "inside its header");
    row("A7 pixels behind the segment", changed({{pixelOffsetField, 0x7fffffff}}), "truncated");
    row("A7 pixels at 2^32 - 1", changed({{pixelOffsetField, 0xffffffff}}), "truncated");
    row("A10 header of 0 bytes", changed({{headerSizeField, 0}}), "headers of 0 bytes");
    row("A10 header of 39 bytes", changed({{headerSizeField, 39}}), "headers of 39 bytes");
    row("A10 header of 2^32 - 1 bytes", changed({{headerSizeField, 0xffffffff}}),
        "headers of 4294967295 bytes");
    row("A9 negative width", changed({{widthField, -20}}), "-20");
    row("A9 least width", changed({{widthField, std::numeric_limits<qint32>::min()}}), "-2147483648");
    row("A8 no width", changed({{widthField, 0}}), "empty");
    row("A8 no height", changed({{heightField, 0}}), "empty");
    row("G4 least height", changed({{heightField, std::numeric_limits<qint32>::min()}}), "2147483648");
    row("A9 most width", changed({{widthField, 0x7fffffff}}), "too large");
    row("A9 most height", changed({{heightField, 0x7fffffff}}), "too large");
    row("A2 both most", changed({{widthField, 0x7fffffff}, {heightField, 0x7fffffff}}), "too large");
    row("A1 stride that wraps to 0", changed({{widthField, 0x7ffffffd}, {heightField, 1}}), "too large");
    row("A1 65535 x 65535", changed({{widthField, 65535}, {heightField, 65535}}), "too large");
    row("A11 more rows than there are", changed({{heightField, 60000}}), "truncated");
    row("A11 more rows than there are, top row first", changed({{heightField, -60000}}), "truncated");
    row("A10 no planes", changed({{planesField, 0}}), "0 planes");
    row("A10 two planes", changed({{planesField, 2}}), "2 planes");
    row("A10 0 bits", changed({{bitsField, 0}}), "0 bits");
    row("A10 7 bits", changed({{bitsField, 7}}), "7 bits");
    row("A10 64 bits", changed({{bitsField, 64}}), "64 bits");
    row("A10 65535 bits", changed({{bitsField, 65535}}), "65535 bits");
    row("G4 palette of 257", changed({{colorsField, 257}}), "257 colours");
    row("G4 palette of 3 for 1 bit", changed({{bitsField, 1}, {colorsField, 3}}), "3 colours");
    row("G4 palette of 17 for 4 bits", changed({{bitsField, 4}, {colorsField, 17}}), "17 colours");
    row("G4 palette of 2^30, 4 bytes each", changed({{colorsField, 0x40000000}}), "1073741824 colours");
    row("G4 palette of 2^32 - 1", changed({{colorsField, 0xffffffff}}), "4294967295 colours");
    row("JPEG inside", changed({{compressionField, 4}}), "compression 4");
    row("PNG inside", changed({{compressionField, 5}}), "compression 5");
    row("A10 unknown compression", changed({{compressionField, 0xffffffff}}), "compression 4294967295");
    row("4-bit run length of 8 bits", changed({{compressionField, 2}}), "compression 2");
    row("run length of 24 bits", changed({{compressionField, 1}}, "photo"), "compression 1");
    row("run length, top row first", changed({{compressionField, 1}, {heightField, -10}}), "compression 1");
    row("bit fields of 8 bits", changed({{compressionField, 3}}), "compression 3");
    row("bit fields of 24 bits", changed({{compressionField, 3}}, "photo"), "compression 3");
    row("A9 65536 wide", changed({{widthField, 65536}, {heightField, 1}}), "65535");
    row("A9 65536 high", changed({{widthField, 1}, {heightField, 65536}}), "65535");
    row("A10 masks that overlap", forgedBmp({40, 16, 3, 20, 10, 0, {0xf800, 0x0fe0, 0x001f, 0}}), "overlap");
    row("A10 mask with a gap", forgedBmp({40, 16, 3, 20, 10, 0, {0xf000, 0x0a00, 0x001f, 0}}), "gaps");
    row("A10 mask outside of 16 bits", forgedBmp({40, 16, 3, 20, 10, 0, {0x1f0000, 0x07e0, 0x001f, 0}}),
        "16 bits");
    row("A10 alpha over red", forgedBmp({124, 32, 3, 20, 10, 0, {0xff0000, 0xff00, 0xff, 0xff0000}}),
        "overlap");
    row("A10 no masks", forgedBmp({124, 32, 3, 20, 10}), "masks");
    row("A10 four masks of 24 bits", changed({{compressionField, 6}}, "photo"), "compression 6");
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

void TestBmpHostile::runLengthLongerThanTheSegmentIsRefused_data()
{
    QTest::addColumn<quint32>("imageBytes");
    QTest::addColumn<QString>("word"); // of the sentence

    QTest::newRow("one too many") << 9U << QStringLiteral("The BMP is truncated");
    QTest::newRow("2^31") << 0x80000000U << QStringLiteral("The BMP is truncated");
    QTest::newRow("2^32 - 1") << 0xffffffffU << QStringLiteral("The BMP is truncated");
}

void TestBmpHostile::runLengthLongerThanTheSegmentIsRefused()
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

void TestBmpHostile::A12_A17_everyCutIsRefused()
{
    QFETCH(QByteArray, file);
    qsizetype shortest = file.size(); // the last row may lack its padding
    for (qsizetype length = 0; length < file.size(); ++length) {
        const QByteArray exact(file.constData(), length); // a separate copy, so that a sanitiser sees its end
        const auto back = decoded(ProtocolId::Bmp, exact);
        shortest = back ? std::min(shortest, length) : shortest;
        QVERIFY2(length + 3 >= file.size() || isBadData(back),
                 qPrintable(QStringLiteral("%1 of %2").arg(length).arg(file.size())));
        QVERIFY2(length <= shortest || back.has_value(), qPrintable(QString::number(length)));
    }
    QVERIFY_VALUE(decoded(ProtocolId::Bmp, file));
}

void TestBmpHostile::A17_everyFlippedBitIsReadOrRefused()
{
    QFETCH(QByteArray, file);
    for (qsizetype bit = 0; bit < std::min<qsizetype>(file.size(), 160) * 8; ++bit) {
        QByteArray flipped = file;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
        const auto back = decoded(ProtocolId::Bmp, flipped);
        QVERIFY2(isWhole(back) || isBadData(back), qPrintable(QString::number(bit)));
        const auto longer = decoded(ProtocolId::Bmp, flipped + QByteArray(1 << 16, '\xff'));
        QVERIFY2(isWhole(longer) || isBadData(longer), qPrintable(QString::number(bit)));
    }
}

/// The header is checked and used from one copy. Pixels that are read later may have any value, but must end
/// up in the right place.
void TestBmpHostile::whatChangesMeanwhileDoesNoHarm()
{
    QFETCH(QByteArray, file);
    const auto sound = decoded(ProtocolId::Bmp, file);
    QVERIFY_VALUE(sound);
    for (const char later : {'\0', '\xff', 'B'}) {
        ChangingSource source(file, QByteArray(file.size(), later));
        const auto back = codecFor(ProtocolId::Bmp).decode(source, {});
        QVERIFY2(isWhole(back) || isBadData(back), describe(back).constData());
        if (back) {
            QCOMPARE(back->image.size(), sound->image.size());
            QCOMPARE(back->image.colorTable(), sound->image.colorTable());
        }
    }
}

void TestBmpHostile::eachByteIsFetchedOnce()
{
    QFETCH(QByteArray, file);
    ChangingSource source(file, file);
    QVERIFY_VALUE(codecFor(ProtocolId::Bmp).decode(source, {}));
    constexpr qint64 head = 4 + 14 + 124 + 1024; // always read as a whole
    QVERIFY2(source.fetched() <= file.size() + head, qPrintable(QString::number(source.fetched())));
}

void TestBmpHostile::A17_bytesAtRandomAreNoBmp()
{
    QRandomGenerator random(3);
    for (int i = 0; i < 200000; ++i) {
        std::array<quint32, 16> words;
        for (quint32& word : words) {
            word =
                random.bounded(4) == 0 ? random.generate() : random.bounded(300); // small numbers are common
        }
        QByteArray bytes(reinterpret_cast<const char*>(words.data()), sizeof words);
        QVERIFY2(!recognised(ProtocolId::Bmp, bytes), bytes.toHex(' ').constData());
    }
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
    QCOMPARE(header->end, 54 + 1024 + 200);

    const QByteArray exact = bytes.first(header->end);
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
    QVERIFY_BAD_DATA(decoded(ProtocolId::Bmp, file.chopped(4))); // three are padding
}

int tst_bmphostile(int argc, char** argv)
{
    return shmpix::test::runTest<QCoreApplication, TestBmpHostile>(argc, argv);
}

#include "tst_bmphostile.moc"
