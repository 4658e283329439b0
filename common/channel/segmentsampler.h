#pragma once

#include "common/segment/segment.h"
#include "common/segment/segmentview.h"

#include <array>
#include <memory>
#include <optional>

namespace shmpix {

/// Samples a segment's bytes to detect changes, a few hundred places at a time, so that sampling sixty times
/// a second costs next to nothing. A change of a few bytes in a large segment may go unnoticed. Used by one
/// thread, not the GUI's.
class SegmentSampler
{
public:
    explicit SegmentSampler(const SegmentAddress& address);

    /// The places are in so many groups, of which each covers the whole segment.
    static constexpr int groups = 64;

    /// For each group a number that is another one when its bytes have changed, or the segment's size;
    /// nothing where no segment can be read.
    using Samples = std::array<std::optional<quint64>, groups>;

    [[nodiscard]] Samples sample();

    /// Whether the first group and another one are as they were.
    [[nodiscard]] bool isAsBefore(const Samples& before, int other);

    /// Opens the segment again with the next sample: it may have grown.
    void forget() { m_view.reset(); }

private:
    [[nodiscard]] std::unique_ptr<ByteSource> open();

    SegmentAddress m_address;
    std::unique_ptr<SegmentView> m_view; ///< of a segment that can be mapped for as long as it is there
};

} // namespace shmpix
