#include "common/image/pixellayout.h"

#include "common/image/imagelimits.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <cstdlib>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(PixelLayout)
};

constexpr qint64 largestNumber = qint64{1} << 60; // a sum of three does not overflow

Error usage(const QString& sentence)
{
    return Error{ErrorCode::Usage, sentence};
}

Error bad(const QString& sentence)
{
    return Error{ErrorCode::BadData, sentence};
}

Result<qint64> parseBytes(const QString& name, const QString& word)
{
    bool isNumber = false;
    const qint64 value = word.toLongLong(&isNumber);
    if (!isNumber || value < -largestNumber || value > largestNumber) {
        return usage(Text::tr("“%1=%2” in the layout is not a number of bytes. Write %1=2048, for example.")
                         .arg(name, word.left(40)));
    }
    return value;
}

/// Parses the options after the format: stride=N, offset=N, bottom-up, each at most once.
Result<void> parseOptions(const QStringList& options, PixelLayout& layout)
{
    QStringList seen;
    for (const QString& option : options) {
        const QString name = option.section(QLatin1Char('='), 0, 0);
        const bool hasValue = option.contains(QLatin1Char('='));
        if (seen.contains(name)) {
            return usage(Text::tr("“%1” appears twice in the layout. Remove one of them.").arg(name));
        }
        seen.append(name);
        if (name == QLatin1StringView("bottom-up") && !hasValue) {
            layout.bottomUp = true;
            continue;
        }
        const bool isStride = name == QLatin1StringView("stride");
        if (!hasValue || (!isStride && name != QLatin1StringView("offset"))) {
            return usage(Text::tr("“%1” is not part of a layout. Write stride=N, offset=N or bottom-up.")
                             .arg(option.left(40)));
        }
        auto value = parseBytes(name, option.section(QLatin1Char('='), 1));
        if (!value) {
            return value.error();
        }
        if (isStride ? *value == 0 : *value < 0) {
            return usage(Text::tr("“%1” in the layout is not valid: a stride cannot be 0, and an offset "
                                  "cannot be negative.")
                             .arg(option));
        }
        (isStride ? layout.stride : layout.offset) = *value;
    }
    return {};
}

} // namespace

QString layoutText(const PixelLayout& layout)
{
    QString text =
        layout.width == 0 ? QString() : QStringLiteral("%1x%2:").arg(layout.width).arg(layout.height);
    text += pixelFormatName(layout.format);
    if (layout.stride != 0) {
        text += QStringLiteral(",stride=%1").arg(layout.stride);
    }
    if (layout.offset != 0) {
        text += QStringLiteral(",offset=%1").arg(layout.offset);
    }
    if (layout.bottomUp) {
        text += QStringLiteral(",bottom-up");
    }
    return text;
}

Result<PixelLayout> parseLayoutOfPicture(const QString& text)
{
    static const QRegularExpression sizePart(QStringLiteral("^([0-9]{1,9})x([0-9]{1,9}):"));
    PixelLayout layout;
    QStringList words = text.split(QLatin1Char(','));
    if (const auto match = sizePart.match(words.first()); match.hasMatch()) {
        layout.width = match.captured(1).toLongLong();
        layout.height = match.captured(2).toLongLong();
        if (layout.width == 0 || layout.height == 0) {
            return usage(Text::tr("A layout of %1 × %2 has no pixels. Write the picture's size.")
                             .arg(layout.width)
                             .arg(layout.height));
        }
        words.first().remove(0, match.capturedLength());
    } else if (words.first().contains(QLatin1Char(':'))) {
        return usage(
            Text::tr("“%1” is not a size. Begin the layout with a size and a format, such as 640x480:bgr8.")
                .arg(words.first().section(QLatin1Char(':'), 0, 0).left(40)));
    }
    auto format = parsePixelFormat(words.takeFirst());
    if (!format) {
        return format.error();
    }
    layout.format = *format;
    if (auto options = parseOptions(words, layout); !options) {
        return options.error();
    }
    return layout;
}

Result<PixelLayout> parseLayout(const QString& text)
{
    auto layout = parseLayoutOfPicture(text);
    if (layout && layout->width == 0) {
        return usage(Text::tr("The layout “%1” has no size. Write 640x480:%1, for example.").arg(text));
    }
    return layout;
}

Result<ByteExtent> checkedExtent(const PixelLayout& layout)
{
    const int imageBits = QImage::toPixelFormat(imageFormat(layout.format)).bitsPerPixel();
    if (auto checked = checkedImageBytes(layout.width, layout.height, imageBits); !checked) {
        return checked.error();
    }
    const qint64 row = rowBytes(layout.format, layout.width); // both sides are below 2^16 here
    const qint64 step = layout.step();
    const qint64 distance = std::abs(std::clamp(step, -largestNumber, largestNumber));
    if (distance < row) {
        return bad(Text::tr("A stride of %1 bytes is too short: %2 pixels of %3 take %4 bytes. Enter the "
                            "number of bytes from the start of one row to the start of the next.")
                       .arg(layout.stride)
                       .arg(layout.width)
                       .arg(pixelFormatName(layout.format))
                       .arg(row));
    }
    const bool isNv12 = layout.format.order == ChannelOrder::Nv12;
    if (isNv12 && step < 0) {
        return bad(Text::tr("nv12 has two planes and cannot have a negative stride. Use a positive one."));
    }
    if (layout.offset < 0 || layout.offset > largestNumber || distance > maximumImageBytes) {
        return bad(
            Text::tr(
                "The layout's offset of %1 bytes or stride of %2 bytes lies outside any segment. Correct it.")
                .arg(layout.offset)
                .arg(layout.stride));
    }
    const qint64 rows = isNv12 ? layout.height + (layout.height + 1) / 2 : layout.height;
    const qint64 last = layout.offset + (rows - 1) * step;
    const ByteExtent extent{std::min(layout.offset, last), std::max(layout.offset, last) + row};
    if (extent.begin < 0) {
        return bad(Text::tr("With a stride of %1, the last row would begin %2 bytes before the segment. Use "
                            "an offset of at least %3.")
                       .arg(layout.stride)
                       .arg(-extent.begin)
                       .arg(layout.offset - extent.begin));
    }
    if (row * rows > maximumImageBytes) {
        return bad(
            Text::tr("A picture of %1 needs %2 bytes, more than the limit of %3. Share a smaller picture.")
                .arg(layoutText(layout))
                .arg(row * rows)
                .arg(maximumImageBytes));
    }
    return extent;
}

Result<ByteExtent> checkedExtent(const PixelLayout& layout, qint64 segmentBytes)
{
    auto extent = checkedExtent(layout);
    if (extent && extent->end > segmentBytes) {
        return bad(Text::tr("%1 needs %2 bytes, and the segment has %3. Correct the size, the format, the "
                            "stride or the offset.")
                       .arg(layoutText(layout))
                       .arg(extent->end)
                       .arg(segmentBytes));
    }
    return extent;
}

NumpyArray numpyArray(const PixelLayout& layout)
{
    const ChannelOrder order = layout.format.order;
    NumpyArray array{numpyType(layout.format.sample), {layout.height, layout.width}};
    if (order == ChannelOrder::Nv12) { // as in OpenCV: one plane below the other
        array.shape = {layout.height + (layout.height + 1) / 2, (layout.width + 1) / 2 * 2};
    } else if (order == ChannelOrder::Yuyv) {
        array.shape = {layout.height, (layout.width + 1) / 2 * 2, 2};
    } else if (channelCount(order) > 1) {
        array.shape.push_back(channelCount(order));
    }
    return array;
}

} // namespace shmpix
