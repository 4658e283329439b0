#include "common/image/testpattern.h"

#include "common/base/checksums.h"

#include <QtEndian>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

namespace shmpix {

namespace {

constexpr quint32 marker = 0x53'50'74'6e; // "SPtn"
constexpr int stripColumns = 32;          // blocks: a word a row
constexpr int stripRows = 4;              // marker, upper and lower half of the number, checksum
constexpr int largestBlock = 8;           // pixels

constexpr QRgb black = 0xff000000;
constexpr QRgb white = 0xffffffff;
constexpr QRgb ground = 0xff202020;
constexpr std::array<QRgb, 8> bars = {0xffc0c0c0, 0xffc0c000, 0xff00c0c0, 0xff00c000,
                                      0xffc000c0, 0xffc00000, 0xff0000c0, 0xff404040};

constexpr int glyphWidth = 5;
constexpr int glyphHeight = 7;
constexpr int cellWidth = glyphWidth + 1;
using Glyph = std::array<quint8, glyphHeight>; // a row a number, its lowest bit on the right
constexpr std::array<Glyph, 10> glyphs = {{
    {0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110},
    {0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110},
    {0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111},
    {0b01110, 0b10001, 0b00001, 0b00110, 0b00001, 0b10001, 0b01110},
    {0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010},
    {0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110},
    {0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110},
    {0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000},
    {0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110},
    {0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100},
}};

/// The places of the pattern's parts in a picture of a given size.
struct Places
{
    explicit Places(QSize size)
        : width(size.width())
        , height(size.height())
        , block(std::min({largestBlock, width / stripColumns, height / 16}))
        , barsTop(stripRows * block)
        , rampTop(height - height / 6)
    {
    }

    [[nodiscard]] int stripWidth() const { return stripColumns * block; }

    int width;
    int height;
    int block; ///< pixels a side
    int barsTop;
    int rampTop;
};

/// The number's digits in a black box in the middle of the bars.
class Digits
{
public:
    Digits(const Places& places, quint64 number)
    {
        for (; (number > 0 || m_count == 0) && (m_count + 1) * cellWidth < places.width; number /= 10) {
            m_digits[std::size_t(m_count++)] = quint8(number % 10);
        }
        constexpr int leastCells = 6; // so that the digits do not grow smaller all the time
        const int cells = std::max(m_count, leastCells);
        const int room = places.rampTop - places.barsTop;
        m_scale = std::max(1, std::min(places.width * 3 / 4 / (cells * cellWidth), room / 2 / glyphHeight));
        m_left = (places.width - boxWidth()) / 2;
        m_top = places.barsTop + (room - glyphHeight * m_scale) / 2;
    }

    /// Paints what lies in the row `y`.
    void paint(QRgb* row, int y) const
    {
        const int line = y < m_top ? -1 : (y - m_top) / m_scale;
        if (line < 0 || line >= glyphHeight) {
            return;
        }
        std::fill_n(row + m_left, boxWidth(), black);
        for (int cell = 0; cell < m_count; ++cell) {
            const Glyph& glyph = glyphs[m_digits[std::size_t(m_count - 1 - cell)]];
            for (int x = 0; x < glyphWidth; ++x) {
                if (glyph[std::size_t(line)] >> (glyphWidth - 1 - x) & 1) {
                    std::fill_n(row + m_left + std::ptrdiff_t{cell * cellWidth + 1 + x} * m_scale, m_scale,
                                white);
                }
            }
        }
    }

private:
    [[nodiscard]] int boxWidth() const { return (m_count * cellWidth + 1) * m_scale; }

    std::array<quint8, 20> m_digits = {}; ///< the last one first
    int m_count = 0;
    int m_scale = 1;
    int m_left = 0;
    int m_top = 0;
};

void paintBars(QRgb* row, int width, quint64 number)
{
    for (int x = 0; x < width; ++x) {
        row[x] = bars[std::size_t(x) * bars.size() / std::size_t(width)];
    }
    const int thickness = std::max(1, width / 256);
    constexpr quint64 framesAcross = 240;
    const int left = int(number % framesAcross * quint64(width - thickness) / (framesAcross - 1));
    std::fill_n(row + left, thickness, white);
}

void paintRamp(QRgb* row, int width, quint64 number)
{
    for (int x = 0; x < width; ++x) {
        const auto grey = quint32((quint64(x) + number * 4) & 255);
        row[x] = black | grey * 0x010101;
    }
}

quint32 crcOf(const QRgb* pixels, int count, quint32 crc)
{
    return crc32(crc, std::as_bytes(std::span(pixels, std::size_t(count))));
}

quint32 crcOfNumber(quint64 number)
{
    const quint64 bytes = qToLittleEndian(number);
    return crc32(0, std::as_bytes(std::span(&bytes, 1)));
}

/// The values that the strip's rows encode.
using Strip = std::array<quint32, stripRows>;

void paintStrip(uchar* bits, qsizetype stride, const Places& places, const Strip& strip)
{
    for (int y = 0; y < stripRows * places.block; ++y) {
        auto* row = reinterpret_cast<QRgb*>(bits + y * stride);
        for (int column = 0; column < stripColumns; ++column) {
            const bool isWhite = strip[std::size_t(y / places.block)] >> (stripColumns - 1 - column) & 1;
            std::fill_n(row + std::ptrdiff_t{column} * places.block, places.block, isWhite ? white : black);
        }
    }
}

Strip readStrip(const QImage& image, const Places& places)
{
    Strip strip = {};
    for (int line = 0; line < stripRows; ++line) {
        const int middle = line * places.block + places.block / 2;
        const auto* row = reinterpret_cast<const QRgb*>(image.constScanLine(middle));
        for (int column = 0; column < stripColumns; ++column) {
            const QRgb pixel = row[column * places.block + places.block / 2];
            strip[std::size_t(line)] = strip[std::size_t(line)] << 1 | quint32(qGreen(pixel) >= 128);
        }
    }
    return strip;
}

/// Whether each block has a single colour, because the checksum does not cover the strip itself.
bool isStripWhole(const QImage& image, const Places& places, const Strip& strip)
{
    QImage expected(places.stripWidth(), stripRows * places.block, QImage::Format_RGB32);
    paintStrip(expected.bits(), expected.bytesPerLine(), places, strip);
    return image.copy(expected.rect()).convertToFormat(QImage::Format_RGB32) == expected;
}

bool isDirectlyReadable(QImage::Format format)
{
    return format == QImage::Format_RGB32 || format == QImage::Format_ARGB32 ||
           format == QImage::Format_ARGB32_Premultiplied;
}

} // namespace

void paintTestPattern(QImage& image, quint64 number)
{
    Q_ASSERT(image.format() == QImage::Format_RGB32 && image.width() >= smallestTestPattern.width() &&
             image.height() >= smallestTestPattern.height());
    const Places places(image.size());
    const Digits digits(places, number);
    uchar* bits = image.bits();
    const qsizetype stride = image.bytesPerLine();
    const auto rowBytes = std::size_t(places.width) * sizeof(QRgb);
    quint32 crc = crcOfNumber(number);
    const uchar* above = bits; // the row that the one painted now is like
    for (int y = 0; y < places.height; ++y) {
        uchar* bytes = bits + y * stride;
        auto* row = reinterpret_cast<QRgb*>(bytes);
        if (y == 0) {
            std::fill_n(row, places.width, ground);
        } else if (y == places.barsTop) {
            paintBars(row, places.width, number);
            above = bytes;
        } else if (y == places.rampTop) {
            paintRamp(row, places.width, number);
            above = bytes;
        } else {
            std::memcpy(bytes, above, rowBytes);
        }
        digits.paint(row, y);
        const int left = y < places.barsTop ? places.stripWidth() : 0;
        crc = crcOf(row + left, places.width - left, crc);
    }
    paintStrip(bits, stride, places, {marker, quint32(number >> 32), quint32(number), crc});
}

std::optional<TestPatternCheck> checkTestPattern(const QImage& image)
{
    if (image.width() < smallestTestPattern.width() || image.height() < smallestTestPattern.height()) {
        return std::nullopt;
    }
    if (!isDirectlyReadable(image.format())) {
        return checkTestPattern(image.convertToFormat(QImage::Format_RGB32));
    }
    const Places places(image.size());
    const Strip strip = readStrip(image, places);
    if (strip[0] != marker) {
        return std::nullopt;
    }
    const quint64 number = quint64(strip[1]) << 32 | strip[2];
    quint32 crc = crcOfNumber(number);
    std::vector<QRgb> opaque(std::size_t(places.width)); // the fourth byte of RGB32 may change on the way
    for (int y = 0; y < places.height; ++y) {
        const auto* row = reinterpret_cast<const QRgb*>(image.constScanLine(y));
        std::transform(row, row + places.width, opaque.begin(), [](QRgb pixel) { return pixel | black; });
        const int left = y < places.barsTop ? places.stripWidth() : 0;
        crc = crcOf(opaque.data() + left, places.width - left, crc);
    }
    return TestPatternCheck{number, crc == strip[3] && isStripWhole(image, places, strip)};
}

} // namespace shmpix
