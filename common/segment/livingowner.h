#pragma once

#include "common/base/result.h"
#include "common/segment/segmentaddress.h"

#include <chrono>

namespace shmpix {

/// Asks the living owner of an address to end (SIGTERM), and waits until it has: until its record is free.
/// Only for a process that demonstrably holds the record at the moment and is written in it, so that no other
/// process is met that was given the same number. Success when nobody lives there; NotPermitted when it
/// cannot be told who does, or it is this process or another user's; TimedOut when it does not end.
[[nodiscard]] Result<void> endLivingOwner(const SegmentAddress& address, std::chrono::milliseconds atMost);

} // namespace shmpix
