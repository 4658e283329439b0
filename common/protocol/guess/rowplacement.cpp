#include "common/protocol/guess/rowplacement.h"

#include "common/protocol/guess/picturesizes.h"
#include "common/protocol/guess/rowperiods.h"

#include <algorithm>
#include <cstdlib>

namespace shmpix {

namespace {

constexpr qint64 pageBytes = 4096;
constexpr std::array<qint64, 5> headerBytes = {4, 8, 16, 54, 128};
constexpr std::array<qint64, 5> strideUnits = {4, 16, 64, 128, 256};

/// Returns the rows to look at, closely at first and more sparsely later: a picture may end early.
constexpr qint64 sampledRows = 32;
qint64 sampledRow(qint64 index)
{
    return index * index / 4;
}

/// Returns the bytes of one pixel. If two pixels share bytes, this is half of theirs.
qint64 bytesOfOne(const PixelStructure& structure)
{
    return structure.kind == PixelStructure::Kind::Interleaved ? structure.pixel : structure.pixel / 2;
}

qint64 roundedUp(qint64 value, qint64 unit)
{
    return (value + unit - 1) / unit * unit;
}

/// Calls use(width, height) for each common size in landscape and in portrait.
template <class Use>
void forCommonSizes(Use use)
{
    for (const QSize size : commonSizes()) {
        use(qint64{size.width()}, qint64{size.height()});
        if (size.width() != size.height()) {
            use(qint64{size.height()}, qint64{size.width()});
        }
    }
}

class Placements
{
public:
    void add(RowPlacement placement)
    {
        const bool known = std::any_of(m_list.begin(), m_list.end(), [&](const RowPlacement& other) {
            return other.offset == placement.offset && other.stride == placement.stride;
        });
        if (!known && placement.stride > 0) {
            m_list.push_back(placement);
        }
    }

    [[nodiscard]] std::vector<RowPlacement> take() { return std::move(m_list); }

private:
    std::vector<RowPlacement> m_list;
};

/// Whether this many bytes fill the segment or match its content.
bool isWholeOf(const SegmentSample& sample, qint64 bytes, qint64 stride)
{
    return bytes == sample.segmentBytes ||
           (bytes < sample.segmentBytes && roundedUp(bytes, pageBytes) == sample.segmentBytes) ||
           (bytes <= sample.segmentBytes && sample.contentEnd <= bytes && sample.contentEnd > bytes - stride);
}

void addCommonSizes(Placements& placements, const SegmentSample& sample)
{
    constexpr double merelyFits = 0.3;
    constexpr double behindHeader = 1.5;
    forCommonSizes([&](qint64 width, qint64 height) {
        for (const PixelStructure& structure : pixelStructures) {
            const qint64 tight = width * bytesOfOne(structure);
            for (const qint64 stride : {tight, roundedUp(tight, 4)}) {
                if (isWholeOf(sample, stride * height, stride) ||
                    (structure.pixel == 1 &&
                     isWholeOf(sample, stride * (height + (height + 1) / 2), stride))) {
                    placements.add({0, stride, merelyFits});
                }
            }
            for (const qint64 header : headerBytes) {
                if (header + tight * height == sample.segmentBytes) {
                    placements.add({header, tight, behindHeader});
                }
            }
        }
    });
}

/// Whether every second byte is noise and the others are not, as in 16-bit numbers.
bool upperBytesTell(std::span<const unsigned char> bytes)
{
    constexpr std::size_t looked = 4096;
    constexpr std::array<std::size_t, 3> lags = {2, 6, 8}; // of grey, RGB and RGBA
    std::array<double, 2> least = {255, 255};
    for (const std::size_t lag : lags) {
        std::array<double, 2> sums{};
        const std::size_t step = std::max<std::size_t>(1, bytes.size() / looked) * 2;
        double count = 1;
        for (std::size_t i = 0; i + lag + 2 <= bytes.size(); i += step, ++count) {
            sums[0] += std::abs(bytes[i] - bytes[i + lag]);
            sums[1] += std::abs(bytes[i + 1] - bytes[i + 1 + lag]);
        }
        least[0] = std::min(least[0], sums[0] / count);
        least[1] = std::min(least[1], sums[1] / count);
    }
    return least[0] > 45 && least[0] > 4 * least[1];
}

} // namespace

std::vector<RowPlacement> rowPlacements(const SegmentSample& sample, std::span<const unsigned char> bytes)
{
    // The beginning is also searched by itself: an older picture may be far behind it.
    constexpr std::size_t beginning = std::size_t{320} << 10;
    const std::span<const unsigned char> begin = bytes.first(std::min(bytes.size(), beginning));
    const qint64 step = upperBytesTell(begin) ? 2 : 1;
    const RowPeriods whole(bytes, step);
    const RowPeriods front(begin, step);
    constexpr std::size_t halvedPeriods = 5;
    Placements placements;
    for (std::size_t i = 0; i < std::max(whole.likeliest().size(), front.likeliest().size()); ++i) {
        for (const RowPeriods* periods : {&whole, &front}) {
            if (i < periods->likeliest().size()) {
                placements.add({0, periods->likeliest()[i], 0});
                if (i < halvedPeriods && periods->likeliest()[i] % 2 == 0) {
                    placements.add({0, periods->likeliest()[i] / 2, 0}); // a mosaic repeats every second row
                }
            }
        }
    }
    addCommonSizes(placements, sample);
    return placements.take();
}

qint64 zerosAtTheEnd(std::span<const unsigned char> bytes, const RowPlacement& placement)
{
    qint64 zeros = placement.stride;
    for (qint64 i = 0; i < sampledRows && zeros > 0; ++i) {
        const qint64 end = placement.offset + (sampledRow(i) + 1) * placement.stride;
        if (end > static_cast<qint64>(bytes.size())) {
            break;
        }
        qint64 here = 0;
        while (here < zeros && bytes[static_cast<std::size_t>(end - 1 - here)] == 0) {
            ++here;
        }
        zeros = here;
    }
    return zeros == placement.stride ? 0 : zeros;
}

std::vector<qint64> widthsOf(std::span<const unsigned char> bytes, const RowPlacement& placement,
                             const PixelStructure& structure)
{
    std::vector<qint64> widths;
    const qint64 unit = bytesOfOne(structure);
    const bool pairs = structure.kind != PixelStructure::Kind::Interleaved;
    const auto add = [&](qint64 width) {
        width -= pairs ? width % 2 : 0;
        if (width >= 4 && std::find(widths.begin(), widths.end(), width) == widths.end()) {
            widths.push_back(width);
        }
    };
    add(placement.stride / unit);
    if (const qint64 zeros = zerosAtTheEnd(bytes, placement); zeros > 0) {
        add((placement.stride - zeros) / unit);
        add((placement.stride - zeros + unit - 1) / unit);
    }
    forCommonSizes([&](qint64 width, qint64) {
        const qint64 used = width * unit;
        if (used < placement.stride && std::any_of(strideUnits.begin(), strideUnits.end(), [&](qint64 round) {
                return roundedUp(used, round) == placement.stride;
            })) {
            add(width);
        }
    });
    return widths;
}

double paddingCost(const RowPlacement& placement, qint64 used, qint64 zeros, int pixelBytes)
{
    const qint64 padding = placement.stride - used;
    if (padding == 0) {
        return zeros >= pixelBytes ? 1.5 : 0;
    }
    const double unround = placement.stride % 4 != 0 ? 1.5 : 0;
    if (zeros >= padding) {
        return unround + (zeros - padding < pixelBytes ? 0.3 : 1.2);
    }
    return unround + 2.5;
}

} // namespace shmpix
