#include "common/protocol/npy/npycodec.h"

#include "common/base/goingon.h"
#include "common/base/memorysource.h"
#include "common/image/readpixels.h"
#include "common/image/writepixels.h"
#include "common/protocol/depthnote.h"
#include "common/protocol/npy/npyarray.h"
#include "common/protocol/sourcereader.h"

#include <QCoreApplication>

#include <algorithm>
#include <atomic>
#include <cstring>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(NpyCodec)
};

/// Pictures in NumPy are grey, RGB or RGBA.
PixelFormat numpyFormatFor(const QImage& image)
{
    PixelFormat format = pixelFormatFor(image);
    if (format.order == ChannelOrder::Bgr) {
        format.order = ChannelOrder::Rgb;
    } else if (format.order == ChannelOrder::Bgra) {
        format.order = ChannelOrder::Rgba;
    }
    return format;
}

Result<PixelFormat> chosenFormat(const QImage& image, const EncodeOptions& options)
{
    if (!options.layout) {
        return numpyFormatFor(image);
    }
    const PixelLayout& layout = *options.layout;
    const bool hasSize =
        layout.width == 0 || (layout.width == image.width() && layout.height == image.height());
    if (!isNumpyFormat(layout.format) || !hasSize || layout.stride != 0 || layout.offset != 0 ||
        layout.bottomUp) {
        return Error{ErrorCode::Usage, Text::tr("A .npy array cannot have the layout %1. Give only a grey, "
                                                "RGB or RGBA format, such as rgb8 or gray32f.")
                                           .arg(layoutText(layout))};
    }
    return layout.format;
}

/// Returns the numbers in picture order, regardless of their order in the array. This takes time, so it fails
/// if the source of the numbers must stop.
Result<QByteArray> inPictureOrder(const QByteArray& data, const NpyPicture& picture, ByteSource& source)
{
    const PixelLayout& layout = picture.layout;
    const auto number = std::size_t(sampleBytes(layout.format.sample));
    const int channels = channelCount(layout.format.order);
    QByteArray ordered(data.size(), Qt::Uninitialized);
    char* to = ordered.data();
    for (qint64 y = 0; y < layout.height; ++y) {
        if (auto goesOn = mayGoOn(source); !goesOn) {
            return goesOn.error();
        }
        for (qint64 x = 0; x < layout.width; ++x) {
            const char* from = data.constData() + y * picture.strides[0] + x * picture.strides[1];
            for (int c = 0; c < channels; ++c, to += number) {
                const char* value = from + c * picture.strides[2];
                if (picture.swapped) {
                    std::reverse_copy(value, value + number, to);
                } else {
                    std::memcpy(to, value, number);
                }
            }
        }
    }
    return ordered;
}

Result<ReadPixels> readOrdered(ByteSource& source, const NpyPicture& picture)
{
    const auto data = copyBytes(source, picture.layout.offset, picture.dataBytes);
    if (!data) {
        return data.error();
    }
    const auto ordered = inPictureOrder(*data, picture, source);
    if (!ordered) {
        return ordered.error();
    }
    MemorySource memory(
        std::as_bytes(std::span(ordered->constData(), static_cast<std::size_t>(ordered->size()))));
    PixelLayout layout = picture.layout;
    layout.offset = 0;
    return readPixels(memory, layout);
}

} // namespace

Result<Encoding> NpyCodec::encode(const QImage& image, const EncodeOptions& options) const
{
    const auto format = chosenFormat(image, options);
    if (!format) {
        return format.error();
    }
    PixelLayout layout{image.width(), image.height(), *format};
    if (auto extent = checkedExtent(layout); !extent) {
        return extent.error();
    }
    const NumpyArray array = numpyArray(layout);
    const QByteArray header = npyHeaderBytes(array.type, array.shape);
    const qint64 bytes = header.size() + rowBytes(*format, layout.width) * layout.height;
    auto write = [image, layout, header](std::span<std::byte> out) {
        const auto headerBytes = static_cast<std::size_t>(header.size());
        writePixels(image, layout, out.subspan(headerBytes));
        std::atomic_signal_fence(std::memory_order_seq_cst); // the compiler keeps the order
        std::memcpy(out.data(), header.constData(), headerBytes);
    };
    return Encoding{bytes, std::move(write), sampleBytes(format->sample) == 1 ? depthNote(image) : QString()};
}

std::optional<QString> NpyCodec::recognise(ByteSource& source) const
{
    if (!beginsAsNpy(source)) {
        return std::nullopt;
    }
    return Text::tr("NumPy array: it starts with \\x93NUMPY");
}

Result<Decoded> NpyCodec::decode(ByteSource& source, const DecodeOptions&) const
{
    const auto header = readNpyHeader(source);
    if (!header) {
        return header.error();
    }
    const auto picture = npyPicture(*header);
    if (!picture) {
        return picture.error();
    }
    if (!isWithin(header->dataOffset, picture->dataBytes, source.size())) {
        return Error{ErrorCode::BadData,
                     Text::tr("The .npy array is truncated: it needs %1 bytes, and only %2 are available. "
                              "Save all of it into a segment that is large enough.")
                         .arg(header->dataOffset + picture->dataBytes)
                         .arg(source.size())};
    }
    auto pixels = picture->isPlain ? readPixels(source, picture->layout) : readOrdered(source, *picture);
    if (!pixels) {
        return pixels.error();
    }
    Decoded decoded{std::move(pixels->image),
                    Text::tr("NumPy array of %1, shape %2%3")
                        .arg(QString::fromLatin1(header->type), picture->axes,
                             header->fortranOrder ? Text::tr(", Fortran order") : QString())};
    if (channelCount(picture->layout.format.order) == 3) {
        decoded.reason += Text::tr("; read as RGB because the file does not state the order");
    }
    decoded.bytes = header->dataOffset + picture->dataBytes;
    if (picture->isPlain) {
        decoded.layout = picture->layout;
    }
    decoded.note = std::move(pixels->note);
    return decoded;
}

} // namespace shmpix
