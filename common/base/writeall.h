#pragma once

#include <chrono>
#include <cstddef>
#include <span>

namespace shmpix {

/// Writes all of the bytes to a file descriptor, over short writes and interruptions. Gives 0, or the errno
/// value of what failed; ETIMEDOUT when a descriptor that does not block took nothing for `patience`.
[[nodiscard]] int writeAll(int fd, std::span<const std::byte> bytes,
                           std::chrono::milliseconds patience = std::chrono::hours(24));

} // namespace shmpix
