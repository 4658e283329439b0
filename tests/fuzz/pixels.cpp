#include "common/base/memorysource.h"
#include "common/image/writepixels.h"
#include "tests/fuzz/oracle.h"
#include "tests/support/codecbytes.h"

#include <cstring>

namespace shmpix::fuzz {

namespace {

/// The positions of red, green, blue and alpha in a pixel with the number of bytes. Alpha is -1 if there is
/// none.
struct Places
{
    int bytes = 0;
    int red = 0;
    int green = 0;
    int blue = 0;
    int alpha = -1;
};

std::optional<Places> placesOf(PixelFormat format)
{
    if (format.sample != SampleType::UInt8) {
        return std::nullopt;
    }
    switch (format.order) {
    case ChannelOrder::Gray:
        return Places{1};
    case ChannelOrder::Rgb:
        return Places{3, 0, 1, 2};
    case ChannelOrder::Bgr:
        return Places{3, 2, 1, 0};
    case ChannelOrder::Rgba:
        return Places{4, 0, 1, 2, 3};
    case ChannelOrder::Bgra:
        return Places{4, 2, 1, 0, 3};
    case ChannelOrder::Rgbx:
        return Places{4, 0, 1, 2};
    case ChannelOrder::Bgrx:
        return Places{4, 2, 1, 0};
    default:
        return std::nullopt;
    }
}

void compareBytes(const QByteArray& bytes, const PixelLayout& layout, const Places& places,
                  const QImage& image)
{
    const qint64 step = layout.stride != 0 ? layout.stride : layout.width * places.bytes;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const qint64 row = layout.bottomUp ? layout.height - 1 - y : y;
            const char* at = bytes.constData() + layout.offset + row * step + qint64{x} * places.bytes;
            const auto byte = [at](int place) { return place < 0 ? 255 : int(uchar(at[place])); };
            const QRgb expected =
                qRgba(byte(places.red), byte(places.green), byte(places.blue), byte(places.alpha));
            if (image.pixel(x, y) != expected) {
                fail(QStringLiteral("pixel at (%1, %2) became %3 and is %4")
                         .arg(x)
                         .arg(y)
                         .arg(image.pixel(x, y), 0, 16)
                         .arg(expected, 0, 16));
            }
        }
    }
}

/// Writing the picture in the same layout and reading it again returns the same picture.
void writeAndReadAgain(const QImage& image, const PixelLayout& layout)
{
    const Codec& codec = codecFor(ProtocolId::Pixels);
    EncodeOptions options;
    options.layout = layout;
    const auto encoding = codec.encode(image, options);
    require(encoding.has_value(), "a layout that was read is not written");
    constexpr qint64 most = qint64{1} << 24;
    if (encoding->bytes > most) {
        return;
    }
    std::vector<std::byte> written(std::size_t(encoding->bytes), std::byte{0xa5});
    encoding->write(written);
    MemorySource source(written);
    const auto again = codec.decode(source, {{}, layout});
    require(again.has_value(), "what was written is refused");
    requireSamePixels(again->image, image, "those that were written");
}

} // namespace

/// A line with the layout, followed by the segment: each byte of a pixel must be where the layout says.
void fuzzPixels(Input input)
{
    const QByteArray all = bytesOf(input);
    const qsizetype end = all.indexOf('\n');
    const auto layout = parseLayout(QString::fromUtf8(all.left(end)));
    if (end < 0 || !layout || !isQuick(layout->width, layout->height)) {
        return;
    }
    const QByteArray bytes = all.mid(end + 1);
    const auto decoded = test::decoded(ProtocolId::Pixels, bytes, {{}, *layout});
    requireSound(decoded, bytes.size());
    require(decoded.has_value() == checkedExtent(*layout, bytes.size()).has_value(),
            "what the layout's check says is not what the reader does");
    if (!decoded) {
        return;
    }
    if (const auto places = placesOf(layout->format)) {
        compareBytes(bytes, *layout, *places, decoded->image);
        writeAndReadAgain(decoded->image, *layout);
    }
}

} // namespace shmpix::fuzz
