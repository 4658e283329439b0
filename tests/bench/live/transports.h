#pragma once

#include "tests/bench/live/transport.h"

#include <vector>

namespace shmpix::bench {

/// Ours first, then the bare pair, then the peers whose libraries were there at build time.
[[nodiscard]] std::vector<Transport> transports();

} // namespace shmpix::bench
