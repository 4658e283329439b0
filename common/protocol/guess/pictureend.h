#pragma once

#include "common/protocol/guess/segmentsample.h"
#include "common/protocol/guess/staletail.h"

#include <array>
#include <vector>

namespace shmpix {

/// What speaks for a picture ending where it would with a number of rows.
enum class EndSign {
    FillsSegment,   ///< the rows fill the segment exactly
    FillsPages,     ///< the segment is the rows rounded up to whole pages
    ContentEnds,    ///< only zeros follow
    RowsBreakOff,   ///< what follows does not continue the rows, as left over from an earlier picture
    ContinuesBelow, ///< nothing: other bytes follow
    BlankBelow,     ///< the last rows would be zeros
};

struct PictureEnd
{
    EndSign sign = EndSign::ContinuesBelow;
    double cost = 0; ///< 0: likeliest
};

/// Where the rows of a given stride end in a segment. Keeps references to what it is given.
class PictureEnds
{
public:
    /// `otherStrides`: those that rows of an older picture might have.
    PictureEnds(const SegmentSample& sample, qint64 offset, qint64 stride,
                std::span<const qint64> otherStrides, const StaleTail& tail);

    /// Numbers of rows that something speaks for, without regard to common sizes.
    [[nodiscard]] std::vector<qint64> likelyRows() const;

    /// Whether so many rows, of which `used` bytes are pixels, lie within the segment.
    [[nodiscard]] bool fits(qint64 rows, qint64 used) const
    {
        return m_offset + (rows - 1) * m_stride + used <= m_sample.segmentBytes;
    }

    /// Rows after which others follow that do not continue them; 0: none are seen.
    [[nodiscard]] qint64 rowsBeforeBreak() const { return m_break; }

    /// How well so many rows, of which `used` bytes are pixels, fit the segment.
    [[nodiscard]] PictureEnd judge(qint64 rows, qint64 used) const;

private:
    /// Bytes that lie in a row, but in another part of it than these.
    [[nodiscard]] qint64 elsewhere() const { return m_stride + m_stride * 5 / 13; }
    /// Mean difference of rows from the bytes `distance` further on, from pieces of them.
    [[nodiscard]] float difference(qint64 first, qint64 last, qint64 distance) const;
    void findTellingBytes();
    void compareRows();
    void findBreak();
    [[nodiscard]] bool breaksOffAt(qint64 rows) const;
    [[nodiscard]] bool isEdge(qint64 rows) const;

    const SegmentSample& m_sample;
    qint64 m_offset;
    qint64 m_stride;
    std::array<float, 24> m_telling{}; ///< 1 for each byte of 24 whose rows resemble each other
    std::span<const qint64> m_otherStrides;
    std::vector<float> m_unlikeness;  ///< the same against bytes elsewhere
    std::vector<float> m_differences; ///< of each row from the next
    qint64 m_break = 0;               ///< rows before the one that no longer continues them; 0: none
};

} // namespace shmpix
