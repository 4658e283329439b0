#pragma once

#include "common/protocol/guess/segmentsample.h"
#include "common/protocol/guess/staletail.h"

#include <array>
#include <vector>

namespace shmpix {

/// The evidence that a picture ends after a number of rows.
enum class EndSign {
    FillsSegment,   ///< the rows fill the segment exactly
    FillsPages,     ///< the segment is the rows rounded up to whole pages
    ContentEnds,    ///< only zeros follow
    RowsBreakOff,   ///< the following bytes do not continue the rows, as if left over from an earlier picture
    ContinuesBelow, ///< no evidence: other bytes follow
    BlankBelow,     ///< the last rows would be zeros
};

struct PictureEnd
{
    EndSign sign = EndSign::ContinuesBelow;
    double cost = 0; ///< 0: likeliest
};

/// Finds where the rows of a given stride end in a segment. Keeps references to its arguments.
class PictureEnds
{
public:
    /// `otherStrides`: strides that rows of an older picture might have.
    PictureEnds(const SegmentSample& sample, qint64 offset, qint64 stride,
                std::span<const qint64> otherStrides, const StaleTail& tail);

    /// Numbers of rows with some evidence, regardless of common sizes.
    [[nodiscard]] std::vector<qint64> likelyRows() const;

    /// Whether that many rows, of which `used` bytes are pixels, lie within the segment.
    [[nodiscard]] bool fits(qint64 rows, qint64 used) const
    {
        return m_offset + (rows - 1) * m_stride + used <= m_sample.segmentBytes;
    }

    /// The number of rows after which the picture breaks off; 0: no break was found.
    [[nodiscard]] qint64 rowsBeforeBreak() const { return m_break; }

    /// How well that many rows, of which `used` bytes are pixels, fit the segment.
    [[nodiscard]] PictureEnd judge(qint64 rows, qint64 used) const;

private:
    /// The distance to bytes in another part of a row.
    [[nodiscard]] qint64 elsewhere() const { return m_stride + m_stride * 5 / 13; }
    /// The mean difference between pieces of rows and the bytes `distance` further on.
    [[nodiscard]] float difference(qint64 first, qint64 last, qint64 distance) const;
    void findTellingBytes();
    void compareRows();
    void findBreak();
    [[nodiscard]] bool breaksOffAt(qint64 rows) const;
    [[nodiscard]] bool isEdge(qint64 rows) const;

    const SegmentSample& m_sample;
    qint64 m_offset;
    qint64 m_stride;
    std::array<float, 24> m_telling{}; ///< 1 for each of 24 bytes in which the rows resemble each other
    std::span<const qint64> m_otherStrides;
    std::vector<float> m_unlikeness;  ///< the differences relative to bytes elsewhere
    std::vector<float> m_differences; ///< difference of each row from the next
    qint64 m_break = 0;               ///< rows before the picture breaks off; 0: no break
};

} // namespace shmpix
