#pragma once

#include "common/base/result.h"
#include "common/segment/segmentaddress.h"

#include <chrono>

namespace shmpix {

/// Asks the living owner of an address to quit (SIGTERM) and waits until its record is free. Signals only a
/// process that verifiably holds the record and is named in it, so that no other process with a reused number
/// is affected. Succeeds if there is no living owner. Fails with NotPermitted if the owner cannot be
/// identified, or is this process or another user's; with TimedOut if it does not quit.
[[nodiscard]] Result<void> endLivingOwner(const SegmentAddress& address, std::chrono::milliseconds atMost);

} // namespace shmpix
