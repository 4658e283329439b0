#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// Boost.Interprocess' message_queue of four frames. Frames cannot be made or read in place: the queue copies
/// them in and out while it holds its lock.
[[nodiscard]] Transport boostQueue();

} // namespace shmpix::bench
