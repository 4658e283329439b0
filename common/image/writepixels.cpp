#include "common/image/writepixels.h"

#include "common/image/bayer.h"
#include "common/image/rowconverter.h"

#include <qfloat16.h>

#include <libyuv/convert_from_argb.h>

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

namespace shmpix {

namespace {

using Bytes = std::span<std::byte>;

uint8_t* bytes(Bytes out)
{
    return reinterpret_cast<uint8_t*>(out.data());
}

/// Where the picture's row y goes.
Bytes rowAt(Bytes out, const PixelLayout& layout, int y)
{
    const qint64 inMemory = layout.bottomUp ? layout.height - 1 - y : y;
    const qint64 begin = layout.offset + inMemory * layout.step();
    return out.subspan(static_cast<std::size_t>(begin),
                       static_cast<std::size_t>(rowBytes(layout.format, layout.width)));
}

void setFourthBytes(Bytes row)
{
    for (std::size_t i = 3; i < row.size(); i += 4) {
        row[i] = std::byte{0xff};
    }
}

/// A 16-bit sample as the number of that type.
template <class Number>
Number fromSample(quint16 sample)
{
    constexpr double white = 65535;
    if constexpr (std::is_same_v<Number, qint16>) {
        return static_cast<qint16>(sample / 2); // 0 to 32767
    } else if constexpr (std::is_same_v<Number, quint32>) {
        return sample * 65537U; // 0 to 2^32 - 1
    } else if constexpr (std::is_same_v<Number, qfloat16>) {
        return qfloat16(float(sample / white));
    } else {
        return static_cast<Number>(sample / white);
    }
}

/// Stores 16-bit samples as numbers; a picture without alpha skips every fourth sample.
template <class Number>
void storeNumbers(std::span<const quint16> samples, bool dropFourth, Bytes out)
{
    std::byte* to = out.data();
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (dropFourth && i % 4 == 3) {
            continue;
        }
        Number number;
        if constexpr (std::is_same_v<Number, quint16>) {
            number = samples[i];
        } else {
            number = fromSample<Number>(samples[i]);
        }
        std::memcpy(to, &number, sizeof number);
        to += sizeof number;
    }
}

void storeSamples(std::span<const quint16> samples, PixelFormat format, Bytes out)
{
    const bool dropFourth = channelCount(format.order) == 3;
    switch (format.sample) {
    case SampleType::Bool:
        std::transform(samples.begin(), samples.end(), out.begin(),
                       [](quint16 sample) { return std::byte(sample >> 15); });
        break;
    case SampleType::UInt8: // goes without samples
        break;
    case SampleType::Int16:
        return storeNumbers<qint16>(samples, dropFourth, out);
    case SampleType::UInt16:
        return storeNumbers<quint16>(samples, dropFourth, out);
    case SampleType::UInt32:
        return storeNumbers<quint32>(samples, dropFourth, out);
    case SampleType::Float16:
        return storeNumbers<qfloat16>(samples, dropFourth, out);
    case SampleType::Float32:
        return storeNumbers<float>(samples, dropFourth, out);
    case SampleType::Float64:
        return storeNumbers<double>(samples, dropFourth, out);
    }
}

void writeNumbers(const QImage& image, const PixelLayout& layout, Bytes out)
{
    const bool grey = channelCount(layout.format.order) == 1;
    RowConverter rows(image, grey ? QImage::Format_Grayscale16 : QImage::Format_RGBA64);
    std::vector<quint16> samples(static_cast<std::size_t>(image.width()) * (grey ? 1 : 4));
    for (int y = 0; y < image.height(); ++y) {
        rows.copyRow(y, std::as_writable_bytes(std::span(samples)));
        storeSamples(samples, layout.format, rowAt(out, layout, y));
    }
}

void writeAsItIs(const QImage& image, const PixelLayout& layout, Bytes out)
{
    const ChannelOrder order = layout.format.order;
    const bool setFourth = order == ChannelOrder::Rgbx || order == ChannelOrder::Bgrx;
    RowConverter rows(image, imageFormat(layout.format));
    const bool tight = layout.step() == rowBytes(layout.format, layout.width) && !layout.bottomUp;
    if (tight && !setFourth) {
        rows.copyAll(out.subspan(static_cast<std::size_t>(layout.offset)));
        return;
    }
    for (int y = 0; y < image.height(); ++y) {
        const Bytes row = rowAt(out, layout, y);
        rows.copyRow(y, row);
        if (setFourth) {
            setFourthBytes(row);
        }
    }
}

void writeYuyv(const QImage& image, const PixelLayout& layout, Bytes out)
{
    RowConverter rows(image, QImage::Format_RGB32);
    std::vector<std::byte> row(static_cast<std::size_t>(rows.rowBytes()));
    for (int y = 0; y < image.height(); ++y) {
        rows.copyRow(y, row);
        const Bytes to = rowAt(out, layout, y);
        libyuv::ARGBToYUY2(bytes(row), int(row.size()), bytes(to), int(to.size()), image.width(), 1);
    }
}

/// Writes two rows at a time, because they share their colours.
void writeNv12(const QImage& image, const PixelLayout& layout, Bytes out)
{
    RowConverter rows(image, QImage::Format_RGB32);
    const auto argbStride = static_cast<std::size_t>(rows.rowBytes());
    std::vector<std::byte> pair(2 * argbStride);
    const auto at = [&out](qint64 begin) { return bytes(out.subspan(static_cast<std::size_t>(begin))); };
    const int step = int(layout.step());
    for (int y = 0; y < image.height(); y += 2) {
        const int count = std::min(2, image.height() - y);
        for (int i = 0; i < count; ++i) { // memory's order: bottom-up turns the whole of both planes
            const int from = layout.bottomUp ? image.height() - 1 - y - i : y + i;
            rows.copyRow(from, std::span(pair).subspan(static_cast<std::size_t>(i) * argbStride, argbStride));
        }
        libyuv::ARGBToNV12(bytes(pair), int(argbStride), at(layout.offset + qint64{y} * step), step,
                           at(layout.offset + (layout.height + y / 2) * step), step, image.width(), count);
    }
}

void writeBayer(const QImage& image, const PixelLayout& layout, Bytes out)
{
    RowConverter rows(image, QImage::Format_RGB888);
    std::vector<std::byte> row(static_cast<std::size_t>(rows.rowBytes()));
    for (int y = 0; y < image.height(); ++y) {
        rows.copyRow(y, row);
        const Bytes to = rowAt(out, layout, y);
        const int inMemory = layout.bottomUp ? image.height() - 1 - y : y;
        for (int x = 0; x < image.width(); ++x) {
            const int colour = bayerColour(layout.format.order, x, inMemory);
            const auto at = static_cast<std::size_t>(x);
            to[at] = row[3 * at + static_cast<std::size_t>(colour)];
        }
    }
}

} // namespace

void writePixels(const QImage& image, const PixelLayout& layout, std::span<std::byte> out)
{
    const bool hasGaps = layout.offset != 0 || layout.step() != rowBytes(layout.format, layout.width);
    if (hasGaps) { // earlier contents must not leak
        std::fill(out.begin(), out.end(), std::byte{0});
    }
    switch (layout.format.order) {
    case ChannelOrder::Nv12:
        return writeNv12(image, layout, out);
    case ChannelOrder::Yuyv:
        return writeYuyv(image, layout, out);
    case ChannelOrder::BayerRggb:
    case ChannelOrder::BayerBggr:
    case ChannelOrder::BayerGbrg:
    case ChannelOrder::BayerGrbg:
        return writeBayer(image, layout, out);
    default:
        break;
    }
    const bool sixteen = layout.format.sample == SampleType::UInt16;
    if (layout.format.sample == SampleType::UInt8 || (sixteen && layout.format.order != ChannelOrder::Rgb)) {
        return writeAsItIs(image, layout, out);
    }
    writeNumbers(image, layout, out);
}

} // namespace shmpix
