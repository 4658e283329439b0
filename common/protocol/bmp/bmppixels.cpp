#include "common/protocol/bmp/bmppixels.h"

#include "common/image/copypixels.h"
#include "common/image/freshimage.h"
#include "common/protocol/bmp/bmprunlength.h"

#include <QCoreApplication>
#include <QtEndian>

#include <algorithm>
#include <functional>
#include <memory>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(BmpPixels)
};

constexpr qint64 bandBytes = qint64{64} * 1024; // stays in the cache between reading and conversion

/// A row of at least this many bytes is read directly into the image with a call of its own.
constexpr qint64 longRow = 4096;

using Row = std::span<const std::byte>; ///< a row of the file, without padding

/// Turns a row of the file into one of the image.
using RowReader = std::function<void(Row, uchar*)>;

QImage::Format formatFor(const BmpHeader& header)
{
    switch (header.bitsPerPixel) {
    case 1:
        return QImage::Format_Mono;
    case 4:
    case 8:
        return QImage::Format_Indexed8;
    case 24:
        return QImage::Format_BGR888;
    default:
        return header.masks.alpha != 0 ? QImage::Format_ARGB32 : QImage::Format_RGB32;
    }
}

void copyRow(Row row, uchar* out)
{
    copyPixels(row, reinterpret_cast<std::byte*>(out));
}

void splitNibbles(Row row, uchar* out, int width)
{
    for (int x = 0; x < width; ++x) {
        const auto pair = std::to_integer<unsigned>(row[static_cast<std::size_t>(x) / 2]);
        out[x] = static_cast<uchar>(x % 2 == 0 ? pair >> 4 : pair & 0x0f);
    }
}

template <class Pixel, class ToColor>
void convertRow(Row row, uchar* out, const ToColor& toColor)
{
    auto* colors = reinterpret_cast<QRgb*>(out); // rows of an image are aligned to four bytes
    const std::size_t count = row.size() / sizeof(Pixel);
    for (std::size_t x = 0; x < count; ++x) {
        colors[x] = toColor(qFromLittleEndian<Pixel>(row.data() + x * sizeof(Pixel)));
    }
}

RowReader rowReaderFor(const BmpHeader& header)
{
    switch (header.bitsPerPixel) {
    case 4:
        return [width = header.width](Row row, uchar* out) { splitNibbles(row, out, width); };
    case 16:
        return [masks = BmpMaskReader(header.masks)](Row row, uchar* out) {
            convertRow<quint16>(row, out, [&masks](quint32 pixel) { return masks.color(pixel); });
        };
    case 32:
        if (header.masks == masksBgrx) {
            return [](Row row, uchar* out) {
                convertRow<quint32>(row, out, [](quint32 pixel) { return pixel | 0xff000000; });
            };
        }
        if (header.masks == masksBgra) {
            return [](Row row, uchar* out) {
                convertRow<quint32>(row, out, [](quint32 pixel) { return pixel; });
            };
        }
        return [masks = BmpMaskReader(header.masks)](Row row, uchar* out) {
            convertRow<quint32>(row, out, [&masks](quint32 pixel) { return masks.color(pixel); });
        };
    default:
        return copyRow;
    }
}

/// Whether rows of the file are long and have the same bytes as rows of the image.
bool hasLongPlainRows(const BmpHeader& header)
{
    return (header.bitsPerPixel == 8 || header.bitsPerPixel == 24) && header.rowBytes >= longRow;
}

/// Reads each row directly into the image.
Result<void> readLongRows(ByteSource& source, const BmpHeader& header, QImage& image)
{
    auto* const bits = reinterpret_cast<std::byte*>(image.bits());
    for (qint64 row = 0; row < header.height; ++row) {
        const qint64 y = header.topDown ? row : header.height - 1 - row;
        const std::span place(bits + y * image.bytesPerLine(), static_cast<std::size_t>(header.rowBytes));
        if (auto read = source.read(header.pixelOffset + row * header.stride, place); !read) {
            return read;
        }
    }
    return {};
}

/// Reads the rows in bands: the file has them one after another, padded, in either order.
Result<void> readRows(ByteSource& source, const BmpHeader& header, QImage& image)
{
    const RowReader readRow = rowReaderFor(header);
    const qint64 rowsAtOnce = std::clamp<qint64>(bandBytes / header.stride, 1, header.height);
    const auto band =
        std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(rowsAtOnce * header.stride));
    uchar* const bits = image.bits();
    const qsizetype bytesPerLine = image.bytesPerLine();
    for (qint64 first = 0; first < header.height; first += rowsAtOnce) {
        const qint64 offset = header.pixelOffset + first * header.stride;
        const qint64 rows = std::min(rowsAtOnce, header.height - first);
        const auto bytes = static_cast<std::size_t>(std::min(rows * header.stride, header.end - offset));
        if (auto read = source.read(offset, std::span(band.get(), bytes)); !read) {
            return read;
        }
        for (qint64 i = 0; i < rows; ++i) {
            const qint64 y = header.topDown ? first + i : header.height - 1 - (first + i);
            readRow({band.get() + i * header.stride, static_cast<std::size_t>(header.rowBytes)},
                    bits + y * bytesPerLine);
        }
    }
    return {};
}

} // namespace

Result<BmpPixels> readBmpPixels(ByteSource& source, const BmpHeader& header)
{
    BmpPixels pixels{freshImage(header.width, header.height, formatFor(header)), header.end};
    if (pixels.image.isNull()) {
        return Error{ErrorCode::NoSpace,
                     Text::tr("There is not enough memory for a picture of %1 × %2. Close other programs.")
                         .arg(header.width)
                         .arg(header.height)};
    }
    if (!header.palette.isEmpty()) {
        pixels.image.setColorTable(header.palette);
    }
    if (header.isRunLength()) {
        auto end = readRunLengths(source, header, pixels.image);
        if (!end) {
            return end.error();
        }
        pixels.end = *end;
    } else {
        const auto readAll = hasLongPlainRows(header) ? readLongRows : readRows;
        if (auto read = readAll(source, header, pixels.image); !read) {
            return read.error();
        }
    }
    source.finish();
    return pixels;
}

} // namespace shmpix
