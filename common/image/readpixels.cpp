#include "common/image/readpixels.h"

#include "common/base/goingon.h"
#include "common/image/bayer.h"
#include "common/image/copypixels.h"
#include "common/image/freshimage.h"
#include "common/image/rowreader.h"
#include "common/image/samplerange.h"

#include <QCoreApplication>

#include <libyuv/convert_argb.h>

#include <algorithm>
#include <cstring>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(ReadPixels)
};

using Bytes = std::span<const std::byte>;

const uint8_t* bytes(Bytes from)
{
    return reinterpret_cast<const uint8_t*>(from.data());
}

std::byte* line(QImage& image, int y)
{
    return reinterpret_cast<std::byte*>(image.scanLine(y));
}

/// Runs store(row, y) for each row, the top one first.
template <class Store>
Result<void> forEachRow(ByteSource& source, const PixelLayout& layout, Store store)
{
    RowReader rows(source, layout);
    for (int y = 0; y < int(layout.height); ++y) {
        auto row = rows.next();
        if (!row) {
            return row.error();
        }
        store(*row, y);
    }
    return {};
}

/// Copies all rows to private memory without padding, for code that reads them more than once.
Result<std::vector<std::byte>> readAll(ByteSource& source, const PixelLayout& layout)
{
    const auto row = static_cast<std::size_t>(rowBytes(layout.format, layout.width));
    std::vector<std::byte> all;
    all.reserve(row * static_cast<std::size_t>(layout.height));
    auto read = forEachRow(source, layout,
                           [&all](Bytes from, int) { all.insert(all.end(), from.begin(), from.end()); });
    return read ? Result<std::vector<std::byte>>(std::move(all)) : read.error();
}

/// Reads pixels that a QImage holds byte for byte.
bool isStoredAsItIs(PixelFormat format)
{
    const ChannelOrder order = format.order;
    const bool sameOrder = order == ChannelOrder::Gray || order == ChannelOrder::Rgb ||
                           order == ChannelOrder::Bgr || order == ChannelOrder::Rgba ||
                           order == ChannelOrder::Bgra;
    return (format.sample == SampleType::UInt8 && sameOrder) ||
           (format.sample == SampleType::UInt16 && order != ChannelOrder::Rgb);
}

Result<void> readAsItIs(ByteSource& source, const PixelLayout& layout, const ByteExtent& extent,
                        QImage& image)
{
    if (!layout.bottomUp && layout.step() == image.bytesPerLine()) {
        auto* bits = reinterpret_cast<std::byte*>(image.bits());
        return source.read(extent.begin, std::span(bits, static_cast<std::size_t>(extent.bytes())));
    }
    return forEachRow(source, layout, [&image](Bytes row, int y) { copyPixels(row, line(image, y)); });
}

/// QImage requires the fourth byte of such a pixel to be set; writers leave it undefined.
void copyOpaque(Bytes row, std::byte* out)
{
    constexpr quint32 opaque = Q_BYTE_ORDER == Q_LITTLE_ENDIAN ? 0xff000000 : 0x000000ff;
    for (std::size_t i = 0; i + 4 <= row.size(); i += 4) {
        quint32 pixel = 0;
        std::memcpy(&pixel, row.data() + i, 4);
        pixel |= opaque;
        std::memcpy(out + i, &pixel, 4);
    }
}

void copyRgb16(Bytes row, std::byte* out)
{
    constexpr quint16 opaque = 0xffff;
    for (std::size_t i = 0; i + 6 <= row.size(); i += 6, out += 8) {
        std::memcpy(out, row.data() + i, 6);
        std::memcpy(out + 6, &opaque, 2);
    }
}

void copyBool(Bytes row, std::byte* out)
{
    std::transform(row.begin(), row.end(), out,
                   [](std::byte value) { return value == std::byte{0} ? std::byte{0} : std::byte{0xff}; });
}

Result<void> readYuyv(ByteSource& source, const PixelLayout& layout, QImage& image)
{
    return forEachRow(source, layout, [&image](Bytes row, int y) {
        libyuv::YUY2ToARGB(bytes(row), int(row.size()), image.scanLine(y), int(image.bytesPerLine()),
                           image.width(), 1);
    });
}

Result<void> readNv12(ByteSource& source, const PixelLayout& layout, QImage& image)
{
    // Reads both planes as rows of one grey picture.
    PixelLayout planes = layout;
    planes.format = {ChannelOrder::Gray, SampleType::UInt8};
    planes.width = rowBytes(layout.format, layout.width);
    planes.height = layout.height + (layout.height + 1) / 2;
    planes.stride = layout.step();
    planes.bottomUp = false;
    auto all = readAll(source, planes);
    if (!all) {
        return all.error();
    }
    const auto* const y = bytes(*all);
    const int stride = int(planes.width);
    const int height = int(layout.height);
    libyuv::NV12ToARGB(y, stride, y + qsizetype{stride} * height, stride, image.bits(),
                       int(image.bytesPerLine()), image.width(), height);
    if (layout.bottomUp) {
        image = std::move(image).mirrored();
    }
    return {};
}

Result<void> readBayer(ByteSource& source, const PixelLayout& layout, QImage& image)
{
    auto all = readAll(source, layout);
    if (!all) {
        return all.error();
    }
    ChannelOrder order = layout.format.order;
    if (layout.bottomUp && layout.height % 2 == 0) { // the mosaic begins with memory's first row
        using Order = ChannelOrder;
        order = order == Order::BayerRggb   ? Order::BayerGbrg
                : order == Order::BayerGbrg ? Order::BayerRggb
                : order == Order::BayerBggr ? Order::BayerGrbg
                                            : Order::BayerBggr;
    }
    demosaic(*all, order, image);
    return mayGoOn(source);
}

QString rangeNote(const SampleRange& range)
{
    QString note = Text::tr("Shown from %1 (black) to %2 (white).").arg(range.black()).arg(range.white());
    if (range.notNumbers() > 0) {
        note += QLatin1Char(' ') +
                Text::tr("%1 values are not numbers (NaN) and are shown in black.").arg(range.notNumbers());
    }
    return note;
}

Result<QString> readMapped(ByteSource& source, const PixelLayout& layout, QImage& image)
{
    const auto all = readAll(source, layout);
    if (!all) {
        return all.error();
    }
    const auto row = static_cast<std::size_t>(rowBytes(layout.format, layout.width));
    SampleRange range(layout.format.sample, channelCount(layout.format.order));
    range.look(*all);
    for (int y = 0; y < image.height(); ++y) {
        if (auto goesOn = mayGoOn(source); !goesOn) {
            return goesOn.error();
        }
        range.map(Bytes(*all).subspan(static_cast<std::size_t>(y) * row, row),
                  reinterpret_cast<quint16*>(image.scanLine(y)));
    }
    return rangeNote(range);
}

Result<QString> readInto(QImage& image, ByteSource& source, const PixelLayout& layout,
                         const ByteExtent& extent)
{
    const auto plain = [](const Result<void>& read) {
        return read ? Result<QString>(QString()) : Result<QString>(read.error());
    };
    const auto rowsThrough = [&](auto* copyRow) {
        return plain(forEachRow(source, layout, [&](Bytes row, int y) { copyRow(row, line(image, y)); }));
    };
    const PixelFormat format = layout.format;
    if (isStoredAsItIs(format)) {
        return plain(readAsItIs(source, layout, extent, image));
    }
    switch (format.order) {
    case ChannelOrder::Rgbx:
    case ChannelOrder::Bgrx:
        return rowsThrough(&copyOpaque);
    case ChannelOrder::Nv12:
        return plain(readNv12(source, layout, image));
    case ChannelOrder::Yuyv:
        return plain(readYuyv(source, layout, image));
    case ChannelOrder::BayerRggb:
    case ChannelOrder::BayerBggr:
    case ChannelOrder::BayerGbrg:
    case ChannelOrder::BayerGrbg:
        return plain(readBayer(source, layout, image));
    default:
        break;
    }
    if (format.sample == SampleType::Bool) {
        return rowsThrough(&copyBool);
    }
    if (format.sample == SampleType::UInt16) {
        return rowsThrough(&copyRgb16);
    }
    return readMapped(source, layout, image);
}

} // namespace

Result<QString> readPixelsInto(QImage& image, ByteSource& source, const PixelLayout& layout)
{
    const auto extent = checkedExtent(layout, source.size());
    if (!extent) {
        return extent.error();
    }
    Q_ASSERT(image.size() == QSize(int(layout.width), int(layout.height)));
    Q_ASSERT(image.format() == imageFormat(layout.format));
    return readInto(image, source, layout, *extent);
}

Result<ReadPixels> readPixels(ByteSource& source, const PixelLayout& layout)
{
    if (auto extent = checkedExtent(layout, source.size()); !extent) {
        return extent.error();
    }
    ReadPixels result;
    result.image = freshImage(int(layout.width), int(layout.height), imageFormat(layout.format));
    if (result.image.isNull()) {
        return noMemoryFor(QSize(int(layout.width), int(layout.height)));
    }
    auto note = readPixelsInto(result.image, source, layout);
    if (!note) {
        return note.error();
    }
    result.note = std::move(*note);
    return result;
}

} // namespace shmpix
