#include "common/protocol/guess/layoutcandidate.h"

#include "common/image/imagelimits.h"
#include "common/protocol/guess/colourorder.h"
#include "common/protocol/guess/picturesizes.h"
#include "common/protocol/guess/rowperiods.h"
#include "common/protocol/guess/rowplacement.h"
#include "common/protocol/guess/samplevalues.h"

#include <algorithm>
#include <cmath>

namespace shmpix {

namespace {

using Kind = PixelStructure::Kind;

constexpr double bitWeight = 6;

/// The cost of a stride that belongs to the rows of an older picture behind another one.
constexpr double older = 15;

/// Returns the same bytes for all candidates, enough for some rows of each.
std::span<const unsigned char> beginningOf(std::span<const unsigned char> bytes)
{
    constexpr std::size_t least = std::size_t{160} << 10;
    constexpr std::size_t most = std::size_t{2} << 20;
    return bytes.first(std::min(bytes.size(), std::clamp(bytes.size() / 8, least, most)));
}

std::vector<PixelFormat> formatsOf(const PixelStructure& structure)
{
    if (structure.kind == Kind::Yuyv) {
        return {{ChannelOrder::Yuyv, SampleType::UInt8}};
    }
    if (structure.kind == Kind::Mosaic) {
        return {{ChannelOrder::BayerRggb, SampleType::UInt8}};
    }
    std::vector<PixelFormat> formats;
    for (const PixelFormat format : allPixelFormats()) {
        const bool plain = format.order <= ChannelOrder::Bgrx;
        if (plain && sampleBytes(format.sample) == structure.sample &&
            sampleBytes(format.sample) * channelCount(format.order) == structure.pixel) {
            formats.push_back(format);
        }
    }
    return formats;
}

/// Returns how much rarer a format is than the usual ones.
double rarity(PixelFormat format)
{
    switch (format.order) {
    case ChannelOrder::BayerRggb:
        return 1;
    case ChannelOrder::Nv12:
    case ChannelOrder::Yuyv:
        return 0.5;
    default:
        break;
    }
    switch (format.sample) {
    case SampleType::UInt8:
        return 0;
    case SampleType::Float64:
        return format.order == ChannelOrder::Gray ? 0.3 : 1.5;
    default:
        return format.order == ChannelOrder::Gray ? 0.3 : 0.5;
    }
}

struct Chosen
{
    PixelFormat format;
    double against = impossibleValues;
};

/// Returns the format of the structure whose values match the bytes best.
Chosen bestFormat(const PixelStructure& structure, const PictureRows& rows)
{
    Chosen best;
    for (const PixelFormat format : formatsOf(structure)) {
        const double against = valuesAgainst(format, rows) + rarity(format);
        if (against < best.against) {
            best = {format, against};
        }
    }
    return best;
}

void chooseOrder(LayoutCandidate& candidate, const PictureRows& rows)
{
    const PixelFormat format = candidate.layout.format;
    if (format.sample != SampleType::UInt8) {
        return;
    }
    const int channels = channelCount(format.order);
    const bool mosaic = format.order == ChannelOrder::BayerRggb;
    if (channels < 3 && !mosaic) {
        return;
    }
    const bool alpha = format.order == ChannelOrder::Rgba || format.order == ChannelOrder::Bgra;
    const ColourOrder order = mosaic ? mosaicOrder(rows) : interleavedOrder(rows, channels, alpha);
    candidate.layout.format.order = order.likelier;
    candidate.otherOrder = order.other;
    candidate.colourHint = order.hinted;
}

/// Whether rows resemble the next rows more than they resemble bytes elsewhere.
bool areSmooth(const PictureRows& rows, const PixelStructure& structure, const PredictionCost& cost)
{
    // Rows that are longer by a fraction are scattered over the same picture.
    const qint64 part = (rows.stride * 5 / 13 + structure.pixel) / structure.pixel * structure.pixel;
    PictureRows elsewhere = rows;
    elsewhere.stride += part;
    elsewhere.count = rows.count * rows.stride / elsewhere.stride;
    return cost.down < predictionCost(elsewhere, structure).down - 0.15;
}

class Candidates
{
public:
    explicit Candidates(const SegmentSample& sample)
        : m_sample(sample)
        , m_bytes(sample.contentEnd > 0 ? sample.content() : std::span(sample.front))
    {
    }

    void addAll(const std::function<bool()>& isWanted)
    {
        const std::vector<RowPlacement> placements = rowPlacements(m_sample, m_bytes);
        std::vector<qint64> strides;
        strides.reserve(placements.size());
        for (const RowPlacement& placement : placements) {
            strides.push_back(placement.stride);
        }
        const StaleTail tail(m_bytes, strides);
        for (RowPlacement placement : placements) {
            if (!isWanted()) {
                return;
            }
            placement.cost += tail.isOlder(placement.stride) ? older : 0;
            const PictureEnds ends(m_sample, placement.offset, placement.stride, strides, tail);
            for (const PixelStructure& structure : pixelStructures) {
                for (const qint64 width : widthsOf(m_bytes, placement, structure)) {
                    addHeights(placement, ends, structure, width);
                }
            }
        }
    }

    [[nodiscard]] std::vector<LayoutCandidate> best(std::size_t most)
    {
        std::sort(m_found.begin(), m_found.end(),
                  [](const auto& a, const auto& b) { return a.candidate.cost < b.candidate.cost; });
        std::vector<LayoutCandidate> kept;
        for (const Found& found : m_found) {
            const bool known = std::any_of(kept.begin(), kept.end(), [&](const LayoutCandidate& other) {
                return other.layout == found.candidate.layout;
            });
            if (!known && kept.size() < most) {
                kept.push_back(found.candidate);
                kept.back().smooth = areSmooth(found.common.rows, found.structure, found.common.whole);
            }
        }
        return kept;
    }

private:
    struct Height
    {
        qint64 rows = 0; ///< rows of bytes, including nv12's colours
        bool nv12 = false;
        qint64 height = 0;
        PictureEnd end;
        double cost = 0;
    };

    /// The values that all heights share.
    struct Common
    {
        double cost = 0;
        PictureRows rows;
        PredictionCost whole;
    };

    struct Found
    {
        LayoutCandidate candidate;
        Common common;
        PixelStructure structure;
    };

    [[nodiscard]] Common commonOf(const RowPlacement& placement, const PictureEnds& ends,
                                  const PixelStructure& structure, qint64 used) const
    {
        // All candidates are judged on the same bytes, regardless of their heights, because some parts of a
        // picture are smoother than others. The beginning counts more, because it is never left over from an
        // older picture.
        const qint64 all = ends.rowsBeforeBreak() > 0 ? ends.rowsBeforeBreak() : maximumSide * maximumSide;
        const auto rows = PictureRows::of(m_bytes, placement.offset, placement.stride, used, all);
        const auto first =
            PictureRows::of(beginningOf(m_bytes), placement.offset, placement.stride, used, rows.count);
        const PredictionCost whole = predictionCost(rows, structure);
        const PredictionCost front = first.count > 8 ? predictionCost(first, structure) : whole;
        Common common;
        // Zeros at the end of each row cost nothing, but are no evidence for pixels either.
        const qint64 zeros = zerosAtTheEnd(m_bytes, placement);
        const qint64 telling = std::min(used, placement.stride - zeros);
        common.cost = bitWeight * (0.3 * whole.bits() + 0.7 * front.bits()) * double(used) / double(telling) +
                      paddingCost(placement, used, zeros, structure.pixel);
        if (rows.count > 0) {
            common.cost += std::clamp(2 * (seam(rows, structure) - 1.5), 0.0, 4.0);
            common.cost -= std::clamp(1.2 * std::log2(edge(rows, structure)), 0.0, 2.5);
        }
        common.rows = rows;
        common.whole = whole;
        return common;
    }

    void addHeights(const RowPlacement& placement, const PictureEnds& ends, const PixelStructure& structure,
                    qint64 width)
    {
        const qint64 used = width * structure.pixel / (structure.kind == Kind::Interleaved ? 1 : 2);
        std::vector<Height> plain;
        std::vector<Height> nv12;
        const auto add = [&](qint64 rows) {
            consider(plain, {rows, false, rows, {}, 0}, ends, width, used);
            const qint64 height = rows * 2 / 3;
            if (structure == PixelStructure{} && placement.stride % 2 == 0 &&
                height + (height + 1) / 2 == rows) {
                consider(nv12, {rows, true, height, {}, 0}, ends, width, used);
            }
        };
        for (const qint64 rows : ends.likelyRows()) {
            add(rows);
        }
        for (const QSize size : commonSizes()) {
            for (const qint64 height : {qint64{size.height()}, qint64{size.width()}}) {
                if (width == (height == size.height() ? size.width() : size.height())) {
                    add(height);
                    add(height + (height + 1) / 2);
                }
            }
        }
        const auto beginning = PictureRows::of(m_bytes, placement.offset, placement.stride, used, 64);
        if ((plain.empty() && nv12.empty()) || bestFormat(structure, beginning).against > impossibleValues) {
            return;
        }
        const Common common = commonOf(placement, ends, structure, used);
        for (std::vector<Height>* heights : {&plain, &nv12}) {
            std::sort(heights->begin(), heights->end(),
                      [](const Height& a, const Height& b) { return a.cost < b.cost; });
            for (std::size_t i = 0; i < std::min<std::size_t>(heights->size(), 2); ++i) {
                addCandidate(placement, structure, width, used, common, (*heights)[i]);
            }
        }
    }

    void consider(std::vector<Height>& heights, Height height, const PictureEnds& ends, qint64 width,
                  qint64 used)
    {
        const qint64 aspect = 16;
        if (height.height < 4 || height.height > maximumSide || width > aspect * height.height ||
            height.height > aspect * width ||
            std::any_of(heights.begin(), heights.end(),
                        [&](const Height& other) { return other.rows == height.rows; })) {
            return;
        }
        if (!ends.fits(height.rows, used)) {
            return;
        }
        height.end = ends.judge(height.rows, used);
        height.cost = height.end.cost + oddness(width, height.height);
        heights.push_back(height);
    }

    void addCandidate(const RowPlacement& placement, const PixelStructure& structure, qint64 width,
                      qint64 used, const Common& common, const Height& height)
    {
        const auto rows = PictureRows::of(m_bytes, placement.offset, placement.stride, used, height.height);
        const Chosen chosen =
            height.nv12 ? Chosen{{ChannelOrder::Nv12, SampleType::UInt8}, colours(placement, used, height)}
                        : bestFormat(structure, rows);
        if (chosen.against >= impossibleValues) {
            return;
        }
        LayoutCandidate candidate;
        candidate.layout.width = width;
        candidate.layout.height = height.height;
        candidate.layout.format = chosen.format;
        candidate.layout.offset = placement.offset;
        candidate.layout.stride = placement.stride == rowBytes(chosen.format, width) ? 0 : placement.stride;
        candidate.end = height.end.sign;
        candidate.cost = (height.nv12 ? costOfPlanes(placement, used, height) : common.cost) +
                         chosen.against + height.cost + placement.cost;
        chooseOrder(candidate, rows);
        m_found.push_back({candidate, common, structure});
    }

    /// Returns the cost of the brightness and of the colours behind it, which are predicted separately.
    [[nodiscard]] double costOfPlanes(const RowPlacement& placement, qint64 used, const Height& height) const
    {
        constexpr PixelStructure pairs{2, 1};
        const auto all = PictureRows::of(m_bytes, placement.offset, placement.stride, used, height.rows);
        auto brightness = all;
        brightness.count = std::min(all.count, height.height);
        auto first =
            PictureRows::of(beginningOf(m_bytes), placement.offset, placement.stride, used, height.height);
        auto colour = all;
        colour.offset += height.height * placement.stride;
        colour.count = std::max<qint64>(0, all.count - height.height);
        const double bits = predictionCost(brightness, PixelStructure{}).bits();
        const double whole = colour.count > 4 ? (2 * bits + predictionCost(colour, pairs).bits()) / 3 : bits;
        const double front = first.count > 8 ? predictionCost(first, PixelStructure{}).bits() : bits;
        const qint64 zeros = zerosAtTheEnd(m_bytes, placement);
        return bitWeight * (0.3 * whole + 0.7 * front) * double(used) /
                   double(std::min(used, placement.stride - zeros)) +
               paddingCost(placement, used, zeros, 1);
    }

    [[nodiscard]] double colours(const RowPlacement& placement, qint64 used, const Height& height) const
    {
        const auto all = PictureRows::of(m_bytes, placement.offset, placement.stride, used, height.rows);
        return colourPlaneAgainst(all, height.height) + 0.5;
    }

    const SegmentSample& m_sample;
    std::span<const unsigned char> m_bytes;
    std::vector<Found> m_found;
};

} // namespace

std::vector<LayoutCandidate> likeliestCandidates(const SegmentSample& sample, std::size_t most,
                                                 const std::function<bool()>& isWanted)
{
    Candidates candidates(sample);
    candidates.addAll(isWanted);
    return candidates.best(most);
}

} // namespace shmpix
