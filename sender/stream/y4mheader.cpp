#include "sender/stream/y4mheader.h"

#include <QCoreApplication>

#include <array>
#include <optional>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Y4mHeader)
};

Error bad(const QString& text)
{
    return {ErrorCode::BadData, text};
}

QString shown(const QByteArray& word)
{
    return QString::fromLatin1(word.left(32));
}

struct Kind
{
    const char* name;
    Y4mColours colours;
};
constexpr std::array kinds = {
    Kind{"420", Y4mColours::Every2x2},      Kind{"420jpeg", Y4mColours::Every2x2},
    Kind{"420mpeg2", Y4mColours::Every2x2}, Kind{"420paldv", Y4mColours::Every2x2},
    Kind{"422", Y4mColours::Every2x1},      Kind{"444", Y4mColours::Every1x1},
    Kind{"mono", Y4mColours::None},
};

std::optional<Y4mColours> coloursOf(const QByteArray& name)
{
    for (const Kind& kind : kinds) {
        if (name == kind.name) {
            return kind.colours;
        }
    }
    return std::nullopt;
}

Result<int> sideOf(const QByteArray& word)
{
    bool isNumber = false;
    const int side = word.mid(1).toInt(&isNumber);
    if (!isNumber || side <= 0 || side > 65535) {
        return bad(
            Text::tr("its size is given as %1, but each side must be 1 to 65535 pixels.").arg(shown(word)));
    }
    return side;
}

/// "30000:1001"; 0:0 means unknown.
Result<std::chrono::nanoseconds> durationOf(const QByteArray& word)
{
    const QList<QByteArray> parts = word.mid(1).split(':');
    bool isNumber = false;
    bool isDivisor = false;
    const qint64 frames = parts.value(0).toUInt(&isNumber);
    const qint64 seconds = parts.value(1).toUInt(&isDivisor);
    if (parts.size() != 2 || !isNumber || !isDivisor) {
        return bad(
            Text::tr("its frame rate is given as %1 instead of two numbers such as F30:1.").arg(shown(word)));
    }
    constexpr double longest = 3600;
    const double duration = frames > 0 ? double(seconds) / double(frames) : 0;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(std::min(duration, longest)));
}

Result<void> takeWord(const QByteArray& word, Y4mHeader& header)
{
    switch (word.at(0)) {
    case 'W':
    case 'H': {
        auto side = sideOf(word);
        if (!side) {
            return side.error();
        }
        (word.at(0) == 'W' ? header.width : header.height) = *side;
        return {};
    }
    case 'F': {
        auto duration = durationOf(word);
        if (!duration) {
            return duration.error();
        }
        header.duration = *duration;
        return {};
    }
    case 'C': {
        const auto colours = coloursOf(word.mid(1));
        if (!colours) {
            return bad(Text::tr("its colour format %1 is not supported. Convert the stream first, for "
                                "example with ffmpeg -pix_fmt yuv420p.")
                           .arg(shown(word)));
        }
        header.colours = *colours;
        return {};
    }
    case 'X':
        header.isFullRange |= word == "XCOLORRANGE=FULL";
        return {};
    default:
        return {}; // interlacing and the pixel aspect ratio do not change the bytes
    }
}

} // namespace

int Y4mHeader::colourWidth() const
{
    switch (colours) {
    case Y4mColours::Every2x2:
    case Y4mColours::Every2x1:
        return (width + 1) / 2;
    case Y4mColours::Every1x1:
        return width;
    case Y4mColours::None:
        break;
    }
    return 0;
}

int Y4mHeader::colourHeight() const
{
    return colours == Y4mColours::Every2x2 ? (height + 1) / 2 : height;
}

PixelLayout Y4mHeader::layout() const
{
    if (colours == Y4mColours::None) {
        return {width, height, {ChannelOrder::Gray, SampleType::UInt8}};
    }
    if (isFullRange || colours == Y4mColours::Every1x1) {
        return {width, height, {ChannelOrder::Bgrx, SampleType::UInt8}};
    }
    const ChannelOrder order = colours == Y4mColours::Every2x2 ? ChannelOrder::Nv12 : ChannelOrder::Yuyv;
    return {width, height, {order, SampleType::UInt8}};
}

Result<Y4mHeader> parseY4mHeader(const QByteArray& line)
{
    Y4mHeader header;
    const QList<QByteArray> words = line.split(' ');
    if (words.first() != y4mMagic) {
        return bad(Text::tr("it does not start with YUV4MPEG2."));
    }
    for (const QByteArray& word : words.mid(1)) {
        if (word.isEmpty()) {
            continue;
        }
        if (auto taken = takeWord(word, header); !taken) {
            return taken.error();
        }
    }
    if (header.width == 0 || header.height == 0) {
        return bad(Text::tr("its first line does not give the size (W and H)."));
    }
    if (auto extent = checkedExtent(header.layout()); !extent) {
        return extent.error();
    }
    return header;
}

} // namespace shmpix
