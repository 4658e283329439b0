#pragma once

#include "common/base/result.h"
#include "common/segment/segmentaddress.h"

#include <cstddef>
#include <memory>
#include <span>

namespace shmpix {

/// A segment that is mapped read-only, for repeated reading while its owner writes. Follows the opened
/// segment, not the name. Used by one thread.
class SegmentView
{
public:
    virtual ~SegmentView() = default;

    /// The whole segment with the size that it had when it was opened. Reading is always safe: a part that is
    /// cut off reads as zeros.
    [[nodiscard]] virtual std::span<const std::byte> bytes() const = 0;

    /// Whether the segment was truncated; data read before is then invalid.
    [[nodiscard]] virtual bool isCut() const = 0;

    /// Whether the name still refers to this segment. Makes a system call.
    [[nodiscard]] virtual bool isCurrent() const = 0;
};

/// Fails with Usage for an address whose segments cannot be viewed: only POSIX segments and files can.
[[nodiscard]] Result<void> checkViewable(const SegmentAddress& address);

/// Maps an existing segment without changing it. Fails like openSegment() and checkViewable(), and with
/// NotFound for an empty segment, which its writer has not filled yet.
[[nodiscard]] Result<std::unique_ptr<SegmentView>> viewSegment(const SegmentAddress& address);

} // namespace shmpix
