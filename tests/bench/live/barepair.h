#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// The limit that memory sets: a ring of four frames with a counter. The reader polls the counter without
/// pause, and nothing prevents it from reading a frame that is being overwritten.
[[nodiscard]] Transport barePair();

} // namespace shmpix::bench
