#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// Our own live frames.
[[nodiscard]] Transport livePair();

/// The address of these frames in a folder, for other readers or writers.
[[nodiscard]] QString liveAddress(const QString& folder);

} // namespace shmpix::bench
