#include "common/protocol/guess/layoutguess.h"

#include "common/base/goingon.h"
#include "common/protocol/guess/layoutcandidate.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LayoutGuess)
};

QString pixelsText(const PixelLayout& layout)
{
    const QString size = QStringLiteral("%1 × %2").arg(layout.width).arg(layout.height);
    switch (layout.format.order) {
    case ChannelOrder::Nv12:
        return Text::tr("%1 pixels in a brightness plane and a colour plane").arg(size);
    case ChannelOrder::Yuyv:
        return Text::tr("%1 pixels with four bytes for every two").arg(size);
    default:
        break;
    }
    const int bytes = channelCount(layout.format.order) * sampleBytes(layout.format.sample);
    const QString pixels = bytes == 1 ? Text::tr("%1 pixels of 1 byte").arg(size)
                                      : Text::tr("%1 pixels of %2 bytes").arg(size).arg(bytes);
    return layout.stride == 0 ? pixels : Text::tr("%1, in rows of %2 bytes,").arg(pixels).arg(layout.stride);
}

QString fitText(const LayoutCandidate& candidate)
{
    const QString pixels = pixelsText(candidate.layout);
    switch (candidate.end) {
    case EndSign::FillsSegment:
        return candidate.layout.offset == 0 ? Text::tr("%1 fill the segment exactly").arg(pixels)
                                            : Text::tr("%1 fill the segment exactly after %2 other bytes")
                                                  .arg(pixels)
                                                  .arg(candidate.layout.offset);
    case EndSign::FillsPages:
        return Text::tr("%1 fill the segment up to its last page").arg(pixels);
    case EndSign::ContentEnds:
        return Text::tr("%1 end where only zeros follow").arg(pixels);
    case EndSign::RowsBreakOff:
        return Text::tr("%1 end where the rows break off").arg(pixels);
    case EndSign::ContinuesBelow:
    case EndSign::BlankBelow:
        break;
    }
    return Text::tr("%1 fit into the segment").arg(pixels);
}

QString reasonOf(const LayoutCandidate& candidate)
{
    QString reason = candidate.smooth
                         ? Text::tr("%1, and each row resembles the next.").arg(fitText(candidate))
                         : Text::tr("%1; the rows give no further evidence.").arg(fitText(candidate));
    if (candidate.otherOrder) {
        reason += QLatin1Char(' ');
        reason += candidate.colourHint
                      ? Text::tr("The order of red and blue makes it look like most photographs.")
                      : Text::tr("Red and blue may be the other way round, which the bytes do not show.");
    }
    return reason;
}

} // namespace

Result<std::vector<LayoutGuess>> guessLayouts(ByteSource& source)
{
    const auto sample = takeSegmentSample(source);
    if (!sample) {
        return sample.error();
    }
    std::vector<LayoutGuess> guesses;
    const auto add = [&](const PixelLayout& layout, const QString& reason) {
        if (guesses.size() < mostLayoutGuesses && checkedExtent(layout, source.size())) {
            guesses.push_back({layout, reason});
        }
    };
    const auto isWanted = [&source] { return mayGoOn(source).has_value(); };
    const auto candidates = likeliestCandidates(*sample, mostLayoutGuesses, isWanted);
    if (auto goesOn = mayGoOn(source); !goesOn) {
        return goesOn.error();
    }
    for (const LayoutCandidate& candidate : candidates) {
        add(candidate.layout, reasonOf(candidate));
        if (candidate.otherOrder) {
            PixelLayout other = candidate.layout;
            other.format.order = *candidate.otherOrder;
            add(other,
                Text::tr(
                    "The same layout with red and blue exchanged: the bytes do not show which comes first."));
        }
    }
    return guesses;
}

} // namespace shmpix
