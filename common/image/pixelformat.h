#pragma once

#include "common/base/result.h"

#include <QImage>
#include <QString>

#include <optional>
#include <span>

namespace shmpix {

/// Which channels a pixel has, in the order of their bytes in memory. X is a byte that says nothing.
enum class ChannelOrder {
    Gray,
    Rgb,
    Bgr,
    Rgba,
    Bgra,
    Rgbx,
    Bgrx,
    Nv12,      ///< a plane of brightness, then one of U and V for each 2 × 2 pixels; BT.601, 16 to 235
    Yuyv,      ///< brightness, U, brightness, V for each two pixels of a row; BT.601, 16 to 235
    BayerRggb, ///< one channel a pixel behind a colour mosaic: the first two of a row, then of the next
    BayerBggr,
    BayerGbrg,
    BayerGrbg,
};

/// What a channel's number is; little-endian.
enum class SampleType { Bool, UInt8, Int16, UInt16, UInt32, Float16, Float32, Float64 };

/// A pixel's channels and their type. Not every combination exists: allPixelFormats() has those that do.
struct PixelFormat
{
    ChannelOrder order = ChannelOrder::Bgr;
    SampleType sample = SampleType::UInt8;

    friend bool operator==(const PixelFormat&, const PixelFormat&) = default;
};

/// Every format, those that are met most often first.
[[nodiscard]] std::span<const PixelFormat> allPixelFormats();

/// The name on command lines and in settings: "bgr8", "gray32f", "nv12".
[[nodiscard]] QString pixelFormatName(PixelFormat format);

/// The format of that name. Fails with Usage, naming those that there are.
[[nodiscard]] Result<PixelFormat> parsePixelFormat(const QString& name);

/// The name for people: "BGR, 8 bit".
[[nodiscard]] QString pixelFormatTitle(PixelFormat format);

/// Numbers that a pixel has: 3 for RGB; 1 for those that share their colours between pixels.
[[nodiscard]] int channelCount(ChannelOrder order);

[[nodiscard]] int sampleBytes(SampleType sample);

/// Bytes of a row of `width` pixels without padding. Two pixels of nv12 and yuyv share their colours, so
/// their rows have an even number of pixels.
[[nodiscard]] qint64 rowBytes(PixelFormat format, qint64 width);

/// The QImage format that holds such pixels: the same bytes where there is one, else the least that loses
/// nothing of 16 bits a channel.
[[nodiscard]] QImage::Format imageFormat(PixelFormat format);

/// The pixels that a QImage of that format has byte for byte; nothing where there are none.
[[nodiscard]] std::optional<PixelFormat> pixelFormatStoredIn(QImage::Format format);

/// The pixels in which a picture is sent when nobody says: as OpenCV has them, all bits kept.
[[nodiscard]] PixelFormat pixelFormatFor(const QImage& image);

/// Whether NumPy's programs take an array of such channels for a picture: grey, RGB or RGBA.
[[nodiscard]] bool isNumpyFormat(PixelFormat format);

/// NumPy's name of the type: "<f4".
[[nodiscard]] QByteArray numpyType(SampleType sample);

} // namespace shmpix
