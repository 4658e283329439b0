#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// Boost.Interprocess' message_queue of four frames. Nothing can be made or looked at in place: it copies in
/// and out, holding its lock.
[[nodiscard]] Transport boostQueue();

} // namespace shmpix::bench
