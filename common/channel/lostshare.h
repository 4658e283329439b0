#pragma once

#include "common/segment/segment.h"

namespace shmpix {

/// What is said when somebody has done something to what we share.

/// Why it was shared again, when its name was gone or it was cut.
[[nodiscard]] QString lossText(const SegmentAddress& address, Presence presence);

/// Something else has taken its name.
[[nodiscard]] Error takenBySomebody(const SegmentAddress& address);

} // namespace shmpix
