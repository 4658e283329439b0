#pragma once

#include "common/base/result.h"

#include <QImage>
#include <QString>

#include <optional>
#include <span>

namespace shmpix {

/// Which channels a pixel has, in the order of their bytes in memory. X is an unused byte.
enum class ChannelOrder {
    Gray,
    Rgb,
    Bgr,
    Rgba,
    Bgra,
    Rgbx,
    Bgrx,
    Nv12,      ///< a luma plane, then a plane of U and V for each 2 × 2 pixels; BT.601, 16 to 235
    Yuyv,      ///< luma, U, luma, V for every two pixels of a row; BT.601, 16 to 235
    BayerRggb, ///< one channel per pixel behind a colour mosaic: the first two of a row, then of the next
    BayerBggr,
    BayerGbrg,
    BayerGrbg,
};

/// The type of a channel; little-endian.
enum class SampleType { Bool, UInt8, Int16, UInt16, UInt32, Float16, Float32, Float64 };

/// A pixel's channels and their type. Not every combination exists: allPixelFormats() has those that do.
struct PixelFormat
{
    ChannelOrder order = ChannelOrder::Bgr;
    SampleType sample = SampleType::UInt8;

    friend bool operator==(const PixelFormat&, const PixelFormat&) = default;
};

/// Every format, the most common ones first.
[[nodiscard]] std::span<const PixelFormat> allPixelFormats();

/// The name on command lines and in settings: "bgr8", "gray32f", "nv12".
[[nodiscard]] QString pixelFormatName(PixelFormat format);

/// The format of that name. Fails with Usage and lists the known names.
[[nodiscard]] Result<PixelFormat> parsePixelFormat(const QString& name);

/// The name for people: "BGR, 8 bit".
[[nodiscard]] QString pixelFormatTitle(PixelFormat format);

/// Values per pixel: 3 for RGB; 1 for formats whose pixels share their colours.
[[nodiscard]] int channelCount(ChannelOrder order);

[[nodiscard]] int sampleBytes(SampleType sample);

/// Bytes in a row of `width` pixels without padding. In nv12 and yuyv, two pixels share their colours, so
/// rows have an even number of pixels.
[[nodiscard]] qint64 rowBytes(PixelFormat format, qint64 width);

/// The QImage format that holds such pixels: with the same bytes if there is one, otherwise the smallest that
/// keeps all of 16 bits per channel.
[[nodiscard]] QImage::Format imageFormat(PixelFormat format);

/// The pixel format with the same bytes as that QImage format; nothing if there is none.
[[nodiscard]] std::optional<PixelFormat> pixelFormatStoredIn(QImage::Format format);

/// The default pixel format for sending a picture: OpenCV's order, with all bits kept.
[[nodiscard]] PixelFormat pixelFormatFor(const QImage& image);

/// Whether NumPy programs treat an array of such channels as a picture: grey, RGB or RGBA.
[[nodiscard]] bool isNumpyFormat(PixelFormat format);

/// NumPy's name of the type: "<f4".
[[nodiscard]] QByteArray numpyType(SampleType sample);

} // namespace shmpix
