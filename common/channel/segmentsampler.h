#pragma once

#include "common/segment/segment.h"

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

    /// The number of groups of places. Each group covers the whole segment.
    static constexpr int groups = 64;

    /// A number for each group that changes if the group's bytes or the segment's size change; nothing if the
    /// segment cannot be read.
    using Samples = std::array<std::optional<quint64>, groups>;

    [[nodiscard]] Samples sample();

    /// Whether the first group and one other group are unchanged.
    [[nodiscard]] bool isAsBefore(const Samples& before, int other);

    /// Opens the segment again with the next sample: it may have grown.
    void forget() { m_view.reset(); }

private:
    [[nodiscard]] std::unique_ptr<ByteSource> open();

    SegmentAddress m_address;
    std::unique_ptr<ReadableMemory>
        m_view; ///< a view of a segment that can be mapped, for as long as it exists
};

} // namespace shmpix
