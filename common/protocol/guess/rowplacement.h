#pragma once

#include "common/protocol/guess/pixelstructure.h"
#include "common/protocol/guess/segmentsample.h"

#include <vector>

namespace shmpix {

/// Where rows may lie in a segment, before anything is said of their pixels. A value.
struct RowPlacement
{
    qint64 offset = 0;
    qint64 stride = 0;
    double cost = 0; ///< 0: likeliest
};

/// Placements that the bytes resemble themselves at, and those with which a common size fits the segment.
/// `bytes` are those of the sample that are judged.
[[nodiscard]] std::vector<RowPlacement> rowPlacements(const SegmentSample& sample,
                                                      std::span<const unsigned char> bytes);

/// The widths, in pixels, that rows of that stride may have: without padding, up to where they are zeros,
/// and common ones that are padded to a round stride.
[[nodiscard]] std::vector<qint64> widthsOf(std::span<const unsigned char> bytes,
                                           const RowPlacement& placement, const PixelStructure& structure);

/// How many bytes at the end of the first rows are 0 in all of them.
[[nodiscard]] qint64 zerosAtTheEnd(std::span<const unsigned char> bytes, const RowPlacement& placement);

/// How little the bytes behind the first `used` of each row look like padding, when so many are zeros.
[[nodiscard]] double paddingCost(const RowPlacement& placement, qint64 used, qint64 zeros, int pixelBytes);

} // namespace shmpix
