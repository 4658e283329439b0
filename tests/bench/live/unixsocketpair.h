#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// A Unix stream socket. Nothing can be made or looked at in place: the kernel copies in and out.
[[nodiscard]] Transport unixSocketPair();

} // namespace shmpix::bench
