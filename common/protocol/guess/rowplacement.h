#pragma once

#include "common/protocol/guess/pixelstructure.h"
#include "common/protocol/guess/segmentsample.h"

#include <vector>

namespace shmpix {

/// Where rows may lie in a segment, regardless of their pixels. A value.
struct RowPlacement
{
    qint64 offset = 0;
    qint64 stride = 0;
    double cost = 0; ///< 0: likeliest
};

/// Placements at which the bytes resemble themselves, and placements with which a common size fits the
/// segment. `bytes` are the judged bytes of the sample.
[[nodiscard]] std::vector<RowPlacement> rowPlacements(const SegmentSample& sample,
                                                      std::span<const unsigned char> bytes);

/// The possible widths, in pixels, of rows of that stride: without padding, up to the zeros at the end, and
/// common widths that are padded to a round stride.
[[nodiscard]] std::vector<qint64> widthsOf(std::span<const unsigned char> bytes,
                                           const RowPlacement& placement, const PixelStructure& structure);

/// The number of bytes at the end of each row that are 0 in all of the first rows.
[[nodiscard]] qint64 zerosAtTheEnd(std::span<const unsigned char> bytes, const RowPlacement& placement);

/// The cost of padding after the first `used` bytes of each row, if `zeros` bytes at the end of each row are
/// 0.
[[nodiscard]] double paddingCost(const RowPlacement& placement, qint64 used, qint64 zeros, int pixelBytes);

} // namespace shmpix
