#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// What memory allows: a ring of four frames and a counter in it. The reader waits by looking at the counter
/// without pause, and nothing keeps it from reading a frame that is being overwritten.
[[nodiscard]] Transport barePair();

} // namespace shmpix::bench
