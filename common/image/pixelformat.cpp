#include "common/image/pixelformat.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(PixelFormat)
};

using Order = ChannelOrder;
using Sample = SampleType;

struct Row
{
    PixelFormat format;
    const char* name;
    QImage::Format image;
};

/// The one table of formats.
constexpr std::array rows = {
    Row{{Order::Bgr, Sample::UInt8}, "bgr8", QImage::Format_BGR888},
    Row{{Order::Rgb, Sample::UInt8}, "rgb8", QImage::Format_RGB888},
    Row{{Order::Gray, Sample::UInt8}, "gray8", QImage::Format_Grayscale8},
    Row{{Order::Rgba, Sample::UInt8}, "rgba8", QImage::Format_RGBA8888},
    Row{{Order::Bgra, Sample::UInt8}, "bgra8", QImage::Format_ARGB32},
    Row{{Order::Rgbx, Sample::UInt8}, "rgbx8", QImage::Format_RGBX8888},
    Row{{Order::Bgrx, Sample::UInt8}, "bgrx8", QImage::Format_RGB32},
    Row{{Order::Gray, Sample::UInt16}, "gray16", QImage::Format_Grayscale16},
    Row{{Order::Rgb, Sample::UInt16}, "rgb16", QImage::Format_RGBX64},
    Row{{Order::Rgba, Sample::UInt16}, "rgba16", QImage::Format_RGBA64},
    Row{{Order::Gray, Sample::Float16}, "gray16f", QImage::Format_Grayscale16},
    Row{{Order::Rgb, Sample::Float16}, "rgb16f", QImage::Format_RGBX64},
    Row{{Order::Rgba, Sample::Float16}, "rgba16f", QImage::Format_RGBA64},
    Row{{Order::Gray, Sample::Float32}, "gray32f", QImage::Format_Grayscale16},
    Row{{Order::Rgb, Sample::Float32}, "rgb32f", QImage::Format_RGBX64},
    Row{{Order::Rgba, Sample::Float32}, "rgba32f", QImage::Format_RGBA64},
    Row{{Order::Gray, Sample::Float64}, "gray64f", QImage::Format_Grayscale16},
    Row{{Order::Rgb, Sample::Float64}, "rgb64f", QImage::Format_RGBX64},
    Row{{Order::Rgba, Sample::Float64}, "rgba64f", QImage::Format_RGBA64},
    Row{{Order::Nv12, Sample::UInt8}, "nv12", QImage::Format_RGB32},
    Row{{Order::Yuyv, Sample::UInt8}, "yuyv", QImage::Format_RGB32},
    Row{{Order::BayerRggb, Sample::UInt8}, "rggb8", QImage::Format_RGB32},
    Row{{Order::BayerBggr, Sample::UInt8}, "bggr8", QImage::Format_RGB32},
    Row{{Order::BayerGbrg, Sample::UInt8}, "gbrg8", QImage::Format_RGB32},
    Row{{Order::BayerGrbg, Sample::UInt8}, "grbg8", QImage::Format_RGB32},
    // Further formats that NumPy arrays have.
    Row{{Order::Gray, Sample::Bool}, "bool8", QImage::Format_Grayscale8},
    Row{{Order::Gray, Sample::Int16}, "gray16i", QImage::Format_Grayscale16},
    Row{{Order::Rgb, Sample::Int16}, "rgb16i", QImage::Format_RGBX64},
    Row{{Order::Rgba, Sample::Int16}, "rgba16i", QImage::Format_RGBA64},
    Row{{Order::Gray, Sample::UInt32}, "gray32u", QImage::Format_Grayscale16},
    Row{{Order::Rgb, Sample::UInt32}, "rgb32u", QImage::Format_RGBX64},
    Row{{Order::Rgba, Sample::UInt32}, "rgba32u", QImage::Format_RGBA64},
};

constexpr auto formats = [] {
    std::array<PixelFormat, rows.size()> list;
    std::transform(rows.begin(), rows.end(), list.begin(), [](const Row& row) { return row.format; });
    return list;
}();

const Row& rowOf(PixelFormat format)
{
    const auto* const found =
        std::find_if(rows.begin(), rows.end(), [format](const Row& row) { return row.format == format; });
    Q_ASSERT(found != rows.end());
    return *found;
}

QString orderTitle(Order order)
{
    switch (order) {
    case Order::Gray:
        return Text::tr("Grey");
    case Order::Rgb:
        return QStringLiteral("RGB");
    case Order::Bgr:
        return QStringLiteral("BGR");
    case Order::Rgba:
        return QStringLiteral("RGBA");
    case Order::Bgra:
        return QStringLiteral("BGRA");
    case Order::Rgbx:
        return QStringLiteral("RGBX");
    case Order::Bgrx:
        return QStringLiteral("BGRX");
    case Order::Nv12:
        return QStringLiteral("NV12");
    case Order::Yuyv:
        return QStringLiteral("YUYV");
    case Order::BayerRggb:
        return QStringLiteral("Bayer RGGB");
    case Order::BayerBggr:
        return QStringLiteral("Bayer BGGR");
    case Order::BayerGbrg:
        return QStringLiteral("Bayer GBRG");
    case Order::BayerGrbg:
        return QStringLiteral("Bayer GRBG");
    }
    return {};
}

QString sampleTitle(Sample sample)
{
    switch (sample) {
    case Sample::Bool:
        return Text::tr("yes/no");
    case Sample::UInt8:
        return Text::tr("8 bit");
    case Sample::Int16:
        return Text::tr("signed 16 bit");
    case Sample::UInt16:
        return Text::tr("16 bit");
    case Sample::UInt32:
        return Text::tr("32 bit");
    case Sample::Float16:
        return Text::tr("half float");
    case Sample::Float32:
        return Text::tr("float");
    case Sample::Float64:
        return Text::tr("double");
    }
    return {};
}

} // namespace

std::span<const PixelFormat> allPixelFormats()
{
    return formats;
}

QString pixelFormatName(PixelFormat format)
{
    return QString::fromLatin1(rowOf(format).name);
}

Result<PixelFormat> parsePixelFormat(const QString& name)
{
    QStringList names;
    for (const Row& row : rows) {
        if (name == QLatin1StringView(row.name)) {
            return row.format;
        }
        names.append(QString::fromLatin1(row.name));
    }
    return Error{ErrorCode::Usage, Text::tr("Unknown pixel format “%1”. Use one of %2.")
                                       .arg(name.left(40), names.join(QStringLiteral(", ")))};
}

QString pixelFormatTitle(PixelFormat format)
{
    return QStringLiteral("%1, %2").arg(orderTitle(format.order), sampleTitle(format.sample));
}

int channelCount(ChannelOrder order)
{
    switch (order) {
    case Order::Rgb:
    case Order::Bgr:
        return 3;
    case Order::Rgba:
    case Order::Bgra:
    case Order::Rgbx:
    case Order::Bgrx:
        return 4;
    default:
        return 1;
    }
}

int sampleBytes(SampleType sample)
{
    switch (sample) {
    case Sample::Bool:
    case Sample::UInt8:
        return 1;
    case Sample::Int16:
    case Sample::UInt16:
    case Sample::Float16:
        return 2;
    case Sample::UInt32:
    case Sample::Float32:
        return 4;
    case Sample::Float64:
        break;
    }
    return 8;
}

qint64 rowBytes(PixelFormat format, qint64 width)
{
    const qint64 evenWidth = (width + 1) / 2 * 2;
    if (format.order == Order::Nv12) {
        return evenWidth;
    }
    if (format.order == Order::Yuyv) {
        return 2 * evenWidth;
    }
    return width * channelCount(format.order) * sampleBytes(format.sample);
}

QImage::Format imageFormat(PixelFormat format)
{
    return rowOf(format).image;
}

std::optional<PixelFormat> pixelFormatStoredIn(QImage::Format format)
{
    const qint64 bits = QImage::toPixelFormat(format).bitsPerPixel();
    const auto* const found = std::find_if(rows.begin(), rows.end(), [format, bits](const Row& row) {
        return row.image == format && rowBytes(row.format, 1) * 8 == bits;
    });
    return found != rows.end() ? std::optional(found->format) : std::nullopt;
}

PixelFormat pixelFormatFor(const QImage& image)
{
    switch (image.format()) {
    case QImage::Format_Grayscale8:
        return {Order::Gray, Sample::UInt8};
    case QImage::Format_Grayscale16:
        return {Order::Gray, Sample::UInt16};
    default:
        break;
    }
    const bool deep = image.depth() > 32 || image.pixelFormat().redSize() > 8;
    if (deep) {
        return {image.hasAlphaChannel() ? Order::Rgba : Order::Rgb, Sample::UInt16};
    }
    return {image.hasAlphaChannel() ? Order::Bgra : Order::Bgr, Sample::UInt8};
}

bool isNumpyFormat(PixelFormat format)
{
    return format.order == Order::Gray || format.order == Order::Rgb || format.order == Order::Rgba;
}

QByteArray numpyType(SampleType sample)
{
    switch (sample) {
    case Sample::Bool:
        return "|b1";
    case Sample::UInt8:
        return "|u1";
    case Sample::Int16:
        return "<i2";
    case Sample::UInt16:
        return "<u2";
    case Sample::UInt32:
        return "<u4";
    case Sample::Float16:
        return "<f2";
    case Sample::Float32:
        return "<f4";
    case Sample::Float64:
        break;
    }
    return "<f8";
}

} // namespace shmpix
