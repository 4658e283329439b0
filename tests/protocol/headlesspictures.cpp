#include "tests/protocol/headlesspictures.h"

#include "common/image/writepixels.h"
#include "tests/support/pictures.h"

#include <QRandomGenerator>
#include <QRgba64>

#include <algorithm>

namespace shmpix::test {

namespace {

constexpr qint64 pageBytes = 4096;

qint64 roundedUp(qint64 value, qint64 unit)
{
    return (value + unit - 1) / unit * unit;
}

std::span<std::byte> writable(QByteArray& bytes)
{
    return std::as_writable_bytes(std::span(bytes.data(), static_cast<std::size_t>(bytes.size())));
}

/// Returns the picture with sensor noise or zeros in the lower byte of its 16 bits.
QImage deepened(const QImage& image, Extra extra)
{
    QImage deep =
        image.convertToFormat(image.hasAlphaChannel() ? QImage::Format_RGBA64 : QImage::Format_RGBX64);
    QRandomGenerator random(static_cast<quint32>(image.width()));
    const auto lower = [&](quint16 value) {
        const quint32 noise = extra == Extra::Noise ? random.generate() & 0xff : 0;
        return static_cast<quint16>((value & 0xff00) | noise);
    };
    for (int y = 0; y < deep.height(); ++y) {
        auto* row = reinterpret_cast<QRgba64*>(deep.scanLine(y));
        for (int x = 0; x < deep.width(); ++x) {
            row[x] = QRgba64::fromRgba64(lower(row[x].red()), lower(row[x].green()), lower(row[x].blue()),
                                         row[x].alpha());
        }
    }
    return deep;
}

void leaveFourthBytes(QByteArray& bytes, const PixelLayout& layout, Extra extra)
{
    QRandomGenerator random(7);
    for (qint64 y = 0; y < layout.height; ++y) {
        for (qint64 x = 0; x < layout.width; ++x) {
            bytes[y * layout.step() + 4 * x + 3] =
                extra == Extra::Noise ? char(random.generate() & 0xff) : char(0);
        }
    }
}

qint64 paddedTo(Surroundings surroundings)
{
    switch (surroundings) {
    case Surroundings::Padded4:
        return 4;
    case Surroundings::Padded64:
        return 64;
    case Surroundings::Padded256:
        return 256;
    default:
        return 1;
    }
}

/// Returns an older picture with another subject and size, which filled a larger segment.
QByteArray olderSegment(const PixelLayout& layout, const QImage& picture)
{
    PixelLayout older = layout;
    older.width = layout.width * 7 / 4 / 2 * 2;
    older.height = layout.height * 3 / 2 / 2 * 2;
    const QImage image = picture.scaled(static_cast<int>(older.width), static_cast<int>(older.height),
                                        Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    const auto extent = checkedExtent(older);
    QByteArray bytes(extent ? extent->end : 0, '\0');
    writePixels(image, older, writable(bytes));
    return bytes;
}

} // namespace

HeadlessPicture headless(const QImage& image, const QString& format, Surroundings surroundings, Extra extra,
                         const QImage& older)
{
    HeadlessPicture made;
    made.layout.format = parsePixelFormat(format).value();
    made.layout.width = image.width();
    made.layout.height = image.height();
    const qint64 tight = rowBytes(made.layout.format, image.width());
    const qint64 stride = roundedUp(tight, paddedTo(surroundings));
    made.layout.stride = stride == tight ? 0 : stride;
    const qint64 bytes = std::max(checkedExtent(made.layout)->end, stride * image.height());
    made.segment = QByteArray(bytes, '\0');
    const bool deep = made.layout.format.sample == SampleType::UInt16 && extra != Extra::None;
    writePixels(deep ? deepened(image, extra) : image, made.layout, writable(made.segment));
    const ChannelOrder order = made.layout.format.order;
    if (order == ChannelOrder::Bgrx || order == ChannelOrder::Rgbx) {
        leaveFourthBytes(made.segment, made.layout, extra);
    }
    switch (surroundings) {
    case Surroundings::Page:
        made.segment.append(QByteArray(roundedUp(bytes, pageBytes) - bytes, '\0'));
        break;
    case Surroundings::LargerZeros:
        made.segment.append(QByteArray(std::max(3 * bytes, qint64{3840} * 2160 * 3 - bytes), '\0'));
        break;
    case Surroundings::LargerStale: {
        QByteArray before = olderSegment(made.layout, older);
        before.replace(0, bytes, made.segment);
        made.segment = before;
        break;
    }
    default:
        break;
    }
    return made;
}

} // namespace shmpix::test
