#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// Our own live frames.
[[nodiscard]] Transport livePair();

/// The address that they have in a folder, for others that are to read or write them.
[[nodiscard]] QString liveAddress(const QString& folder);

} // namespace shmpix::bench
