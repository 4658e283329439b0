#pragma once

#include "common/base/timelimit.h"

#include <chrono>
#include <cstddef>
#include <span>

namespace shmpix {

/// Writes all bytes to a file descriptor, across short writes and interruptions. Returns 0 or the errno value
/// of the failure: ETIMEDOUT if a pipe, a socket or a device accepted nothing for `patience`, or if the limit
/// has passed and it did not accept the rest within a moment, even in blocking mode. Writing to a regular
/// file is not limited in time.
[[nodiscard]] int writeAll(int fd, std::span<const std::byte> bytes, const TimeLimit& limit = {},
                           std::chrono::milliseconds patience = std::chrono::hours(24 * 365 * 60));

} // namespace shmpix
