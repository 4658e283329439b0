#pragma once

#include "common/base/result.h"
#include "common/segment/segmentaddress.h"

#include <cstddef>
#include <memory>
#include <span>

namespace shmpix {

/// A segment that is mapped read-only, for those who read it again and again while its owner writes. Follows
/// the segment that it opened, not the name. Used by one thread.
class SegmentView
{
public:
    virtual ~SegmentView() = default;

    /// All of the segment, as long as it was when it was opened. Reading it never kills: what is cut off
    /// meanwhile reads as zeros.
    [[nodiscard]] virtual std::span<const std::byte> bytes() const = 0;

    /// Whether something was found cut off; what was read before is then worth nothing.
    [[nodiscard]] virtual bool isCut() const = 0;

    /// Whether the name still leads to this segment. A system call.
    [[nodiscard]] virtual bool isCurrent() const = 0;
};

/// Fails with Usage for an address whose segments cannot be mapped so: only POSIX segments and files can.
[[nodiscard]] Result<void> checkViewable(const SegmentAddress& address);

/// Maps an existing segment. Nothing of it is changed. Fails as openSegment() does, and as checkViewable()
/// does; with NotFound also for a segment of no bytes, which its writer has not filled yet.
[[nodiscard]] Result<std::unique_ptr<SegmentView>> viewSegment(const SegmentAddress& address);

} // namespace shmpix
