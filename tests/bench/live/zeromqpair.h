#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// ZeroMQ over ipc://, PUSH to PULL. The writer's buffers are handed over without copying (zmq_msg_init_data)
/// and reused.
[[nodiscard]] Transport zeroMqPair();

} // namespace shmpix::bench
