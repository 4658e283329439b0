#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// ZeroMQ over ipc://, PUSH to PULL. The writer's buffers are handed over as they are (zmq_msg_init_data) and
/// used again.
[[nodiscard]] Transport zeroMqPair();

} // namespace shmpix::bench
