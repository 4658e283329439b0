#include "common/protocol/raw/pixelscodec.h"

#include "common/image/readpixels.h"
#include "common/image/writepixels.h"
#include "common/protocol/depthnote.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(PixelsCodec)
};

/// Returns the layout for a picture: the requested one with the picture's size.
Result<PixelLayout> layoutFor(const QImage& image, const EncodeOptions& options)
{
    PixelLayout layout = options.layout.value_or(PixelLayout{0, 0, pixelFormatFor(image)});
    if (layout.width == 0) {
        layout.width = image.width();
        layout.height = image.height();
    }
    if (layout.width != image.width() || layout.height != image.height()) {
        return Error{ErrorCode::Usage,
                     Text::tr("The picture has %1 × %2 pixels, but the layout has %3 × %4. Leave the size "
                              "out of the layout, or share a picture of that size.")
                         .arg(image.width())
                         .arg(image.height())
                         .arg(layout.width)
                         .arg(layout.height)};
    }
    return layout;
}

QString lossNote(const QImage& image, PixelFormat format)
{
    const bool keepsAlpha = format.order == ChannelOrder::Rgba || format.order == ChannelOrder::Bgra;
    if (image.hasAlphaChannel() && !keepsAlpha) {
        return Text::tr("%1 does not support transparency: the picture was shared without it.")
            .arg(pixelFormatName(format));
    }
    return sampleBytes(format.sample) == 1 ? depthNote(image) : QString();
}

} // namespace

Result<Encoding> PixelsCodec::encode(const QImage& image, const EncodeOptions& options) const
{
    const auto layout = layoutFor(image, options);
    if (!layout) {
        return layout.error();
    }
    const auto extent = checkedExtent(*layout);
    if (!extent) {
        return extent.error();
    }
    auto write = [image, layout = *layout](std::span<std::byte> out) { writePixels(image, layout, out); };
    return Encoding{extent->end, std::move(write), lossNote(image, layout->format), *layout};
}

std::optional<QString> PixelsCodec::recognise(ByteSource&) const
{
    return std::nullopt; // any bytes could be pixels
}

Result<Decoded> PixelsCodec::decode(ByteSource& source, const DecodeOptions& options) const
{
    if (!options.layout) {
        return Error{
            ErrorCode::BadData,
            Text::tr(
                "Plain pixels have no header that describes them. Give their layout, such as 640x480:bgr8.")};
    }
    auto pixels = readPixels(source, *options.layout);
    if (!pixels) {
        return pixels.error();
    }
    Decoded decoded{std::move(pixels->image),
                    Text::tr("Plain pixels, read as %1").arg(layoutText(*options.layout))};
    decoded.bytes = checkedExtent(*options.layout)->bytes();
    decoded.layout = options.layout;
    decoded.note = std::move(pixels->note);
    return decoded;
}

} // namespace shmpix
