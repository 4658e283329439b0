#include "common/protocol/png/storedpngwriter.h"

#include "common/base/checksums.h"
#include "common/image/copypixels.h"

#include <QtEndian>

#include <algorithm>
#include <cstring>
#include <vector>

namespace shmpix {

namespace {

using png::chunkOverhead;
using png::chunkType;
using png::maximumStoredBytes;
using png::storedHeaderBytes;

/// Writes bytes one after another.
class Cursor
{
public:
    explicit Cursor(std::span<std::byte> out)
        : m_out(out)
    {
    }

    void put(std::span<const std::byte> bytes)
    {
        if (!bytes.empty()) { // memcpy does not accept a null pointer, even for no bytes
            std::memcpy(m_out.data() + m_position, bytes.data(), bytes.size());
        }
        m_position += bytes.size();
    }
    void put8(unsigned char value) { m_out[m_position++] = std::byte{value}; }
    void put16LittleEndian(quint16 value)
    {
        qToLittleEndian(value, m_out.data() + m_position);
        m_position += sizeof value;
    }
    void put32(quint32 value)
    {
        qToBigEndian(value, m_out.data() + m_position);
        m_position += sizeof value;
    }
    [[nodiscard]] std::span<std::byte> room(std::size_t bytes)
    {
        m_position += bytes;
        return m_out.subspan(m_position - bytes, bytes);
    }
    [[nodiscard]] std::size_t position() const { return m_position; }
    [[nodiscard]] std::span<const std::byte> since(std::size_t begin) const
    {
        return m_out.subspan(begin, m_position - begin);
    }

private:
    std::span<std::byte> m_out;
    std::size_t m_position = 0;
};

void putChunk(Cursor& cursor, std::uint32_t type, std::span<const std::byte> data)
{
    cursor.put32(static_cast<quint32>(data.size()));
    const std::size_t begin = cursor.position();
    cursor.put32(type);
    cursor.put(data);
    cursor.put32(crc32(0, cursor.since(begin)));
}

/// The zlib stream inside the IDAT chunk. It hands out stored blocks to be filled in place. It computes the
/// checksums block by block, while the block is in the cache.
class StoredStream
{
public:
    StoredStream(Cursor& cursor, std::uint32_t crc)
        : m_cursor(cursor)
        , m_crc(crc)
    {
        const std::size_t begin = m_cursor.position();
        m_cursor.put8(0x78); // deflate, 32 KB window
        m_cursor.put8(0x01); // fastest
        m_crc = crc32(m_crc, m_cursor.since(begin));
    }

    /// Returns a block of that many bytes, at most maximumStoredBytes. The previous block must be filled.
    [[nodiscard]] std::span<std::byte> block(qint64 bytes, bool isLast)
    {
        closeBlock();
        m_blockBegin = m_cursor.position();
        m_cursor.put8(isLast ? 1 : 0);
        m_cursor.put16LittleEndian(static_cast<quint16>(bytes));
        m_cursor.put16LittleEndian(static_cast<quint16>(~bytes));
        return m_cursor.room(static_cast<std::size_t>(bytes));
    }

    /// Writes the end of the stream and returns the chunk's checksum.
    [[nodiscard]] std::uint32_t finish()
    {
        closeBlock();
        const std::size_t begin = m_cursor.position();
        m_cursor.put32(m_adler);
        return crc32(m_crc, m_cursor.since(begin));
    }

private:
    void closeBlock()
    {
        if (m_blockBegin == 0) {
            return;
        }
        const auto block = m_cursor.since(m_blockBegin);
        m_crc = crc32(m_crc, block);
        m_adler = adler32(m_adler, block.subspan(storedHeaderBytes));
    }

    Cursor& m_cursor;
    std::size_t m_blockBegin = 0;
    std::uint32_t m_crc;
    std::uint32_t m_adler = 1;
};

/// PNG samples of 16 bits are big-endian. An opaque pixel has three samples in PNG and four in Qt.
void to16BitSamples(std::span<const std::byte> row, std::span<std::byte> out, bool dropFourth)
{
    if (!dropFourth) {
        qToBigEndian<quint16>(row.data(), static_cast<qsizetype>(row.size() / 2), out.data());
        return;
    }
    const std::size_t pixels = row.size() / 8;
    for (std::size_t x = 0; x < pixels; ++x) {
        qToBigEndian<quint16>(row.data() + x * 8, 3, out.data() + x * 6);
    }
}

/// Produces the raw rows of the PNG: a filter byte, then the samples.
class RawRows
{
public:
    RawRows(const QImage& image, QImage::Format format, png::ColorType colorType, int bitDepth)
        : m_rows(image, format)
        , m_wide(bitDepth == 16 ? static_cast<std::size_t>(m_rows.rowBytes()) : 0)
        , m_dropFourth(colorType == png::ColorType::Rgb)
    {
    }

    void copyRow(int y, std::span<std::byte> out)
    {
        out[0] = std::byte{0}; // no filter
        if (m_wide.empty()) {
            m_rows.copyRow(y, out.subspan(1));
        } else {
            m_rows.copyRow(y, m_wide);
            to16BitSamples(m_wide, out.subspan(1), m_dropFourth);
        }
    }

private:
    RowConverter m_rows;
    std::vector<std::byte> m_wide;
    bool m_dropFourth;
};

void putPalette(Cursor& cursor, const QList<QRgb>& colors, bool withAlpha)
{
    std::vector<std::byte> rgb;
    std::vector<std::byte> alpha;
    for (QRgb color : colors) {
        rgb.push_back(static_cast<std::byte>(qRed(color)));
        rgb.push_back(static_cast<std::byte>(qGreen(color)));
        rgb.push_back(static_cast<std::byte>(qBlue(color)));
        alpha.push_back(static_cast<std::byte>(qAlpha(color)));
    }
    putChunk(cursor, chunkType("PLTE"), rgb);
    if (withAlpha) {
        putChunk(cursor, chunkType("tRNS"), alpha);
    }
}

} // namespace

StoredPngWriter::StoredPngWriter(const QImage& image)
    : m_image(image.depth() == 1 ? image.convertToFormat(QImage::Format_Indexed8) : image)
    , m_layout(layoutFor(m_image))
{
}

StoredPngWriter::Layout StoredPngWriter::layoutFor(const QImage& image)
{
    switch (image.format()) {
    case QImage::Format_Indexed8:
        if (image.colorCount() == 0) {
            break;
        }
        return {QImage::Format_Indexed8, png::ColorType::Palette, 8, 1};
    case QImage::Format_Grayscale8:
        return {QImage::Format_Grayscale8, png::ColorType::Grey, 8, 1};
    case QImage::Format_Grayscale16:
        return {QImage::Format_Grayscale16, png::ColorType::Grey, 16, 2};
    default:
        break;
    }
    const bool deep = image.depth() > 32 || image.pixelFormat().redSize() > 8;
    if (image.hasAlphaChannel()) {
        return deep ? Layout{QImage::Format_RGBA64, png::ColorType::Rgba, 16, 8}
                    : Layout{QImage::Format_RGBA8888, png::ColorType::Rgba, 8, 4};
    }
    return deep ? Layout{QImage::Format_RGBX64, png::ColorType::Rgb, 16, 6}
                : Layout{QImage::Format_RGB888, png::ColorType::Rgb, 8, 3};
}

bool StoredPngWriter::hasTransparency() const
{
    const QList<QRgb> colors = m_image.colorTable();
    return std::any_of(colors.begin(), colors.end(), [](QRgb color) { return qAlpha(color) != 255; });
}

qint64 StoredPngWriter::rawRowBytes() const
{
    return 1 + qint64{m_image.width()} * m_layout.bytesPerPixel;
}

qint64 StoredPngWriter::rowsPerBlock() const
{
    return maximumStoredBytes / rawRowBytes();
}

qint64 StoredPngWriter::dataBytes() const
{
    const auto pieces = [](qint64 whole, qint64 piece) { return (whole + piece - 1) / piece; };
    const qint64 blocks = rowsPerBlock() > 0 ? pieces(m_image.height(), rowsPerBlock())
                                             : m_image.height() * pieces(rawRowBytes(), maximumStoredBytes);
    return 2 + m_image.height() * rawRowBytes() + blocks * storedHeaderBytes + 4;
}

qint64 StoredPngWriter::bytes() const
{
    qint64 palette = 0;
    if (m_layout.colorType == png::ColorType::Palette) {
        palette = chunkOverhead + qint64{3} * m_image.colorCount();
        palette += hasTransparency() ? chunkOverhead + m_image.colorCount() : 0;
    }
    return static_cast<qint64>(png::signature.size()) + chunkOverhead + png::headerDataBytes + palette +
           chunkOverhead + dataBytes() + chunkOverhead;
}

void StoredPngWriter::write(std::span<std::byte> out) const
{
    Cursor cursor(out);
    cursor.put(std::as_bytes(std::span(png::signature)));

    std::array<std::byte, png::headerDataBytes> header = {};
    qToBigEndian<quint32>(static_cast<quint32>(m_image.width()), header.data());
    qToBigEndian<quint32>(static_cast<quint32>(m_image.height()), header.data() + 4);
    header[8] = static_cast<std::byte>(m_layout.bitDepth);
    header[9] = static_cast<std::byte>(m_layout.colorType);
    putChunk(cursor, chunkType("IHDR"), header);
    if (m_layout.colorType == png::ColorType::Palette) {
        putPalette(cursor, m_image.colorTable(), hasTransparency());
    }

    cursor.put32(static_cast<quint32>(dataBytes()));
    const std::size_t dataBegin = cursor.position();
    cursor.put32(chunkType("IDAT"));
    StoredStream stream(cursor, crc32(0, cursor.since(dataBegin)));
    RawRows rows(m_image, m_layout.rows, m_layout.colorType, m_layout.bitDepth);
    const auto rowBytes = static_cast<std::size_t>(rawRowBytes());
    const int height = m_image.height();
    const int rowsAtOnce = static_cast<int>(rowsPerBlock());
    for (int y = 0; rowsAtOnce > 0 && y < height; y += rowsAtOnce) {
        const int count = std::min(rowsAtOnce, height - y);
        const auto block = stream.block(count * rawRowBytes(), y + count == height);
        for (int i = 0; i < count; ++i) {
            rows.copyRow(y + i, block.subspan(static_cast<std::size_t>(i) * rowBytes, rowBytes));
        }
    }
    std::vector<std::byte> wideRow(rowsAtOnce == 0 ? rowBytes : 0); // a row that takes several blocks
    for (int y = 0; rowsAtOnce == 0 && y < height; ++y) {
        rows.copyRow(y, wideRow);
        for (std::span<const std::byte> rest = wideRow; !rest.empty();) {
            const auto count = std::min(rest.size(), static_cast<std::size_t>(maximumStoredBytes));
            const bool isLast = y + 1 == height && count == rest.size();
            copyPixels(rest.first(count), stream.block(static_cast<qint64>(count), isLast).data());
            rest = rest.subspan(count);
        }
    }
    const std::uint32_t crc = stream.finish();
    cursor.put32(crc);
    putChunk(cursor, chunkType("IEND"), {});
}

} // namespace shmpix
