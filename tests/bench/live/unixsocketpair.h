#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// A Unix stream socket. Frames cannot be made or read in place: the kernel copies them in and out.
[[nodiscard]] Transport unixSocketPair();

} // namespace shmpix::bench
