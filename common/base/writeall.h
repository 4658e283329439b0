#pragma once

#include "common/base/timelimit.h"

#include <chrono>
#include <cstddef>
#include <span>

namespace shmpix {

/// Writes all of the bytes to a file descriptor, over short writes and interruptions. Gives 0, or the errno
/// value of what failed. It is ETIMEDOUT when a pipe, a socket or a device took nothing for `patience`, or
/// when the time is over and it did not take the rest within a moment, although it may be one that blocks.
/// A regular file takes what it takes.
[[nodiscard]] int writeAll(int fd, std::span<const std::byte> bytes, const TimeLimit& limit = {},
                           std::chrono::milliseconds patience = std::chrono::hours(24 * 365 * 60));

} // namespace shmpix
