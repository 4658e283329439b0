#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// GStreamer: appsrc, shmsink; shmsrc, appsink. Frames are made in shmsink's memory if it has room, as it
/// proposes to the elements before it.
[[nodiscard]] Transport gstreamerPair();

} // namespace shmpix::bench
