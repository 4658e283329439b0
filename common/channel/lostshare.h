#pragma once

#include "common/base/error.h"
#include "common/segment/segmentaddress.h"
#include "common/segment/segmentwriter.h"

namespace shmpix {

/// Messages for what other programs have done to our segment.

/// Explains why it was shared again: its name was removed, or it was truncated.
[[nodiscard]] QString lossText(const SegmentAddress& address, Presence presence);

/// The error for a segment whose name another program has taken.
[[nodiscard]] Error takenBySomebody(const SegmentAddress& address);

} // namespace shmpix
