#pragma once

#include "common/base/result.h"
#include "receiver/savetarget.h"

#include <chrono>
#include <span>

namespace shmpix {

/// Puts the bytes of a file where they are to be saved: a regular file is replaced in one step by a complete
/// new one, which keeps its mode and, where that is possible, its owner and group; a device and a pipe are
/// written into. A pipe that nobody reads is waited for so long. `path` is what the user calls it. Any thread
/// but the GUI's. Fails with NotPermitted, NoSpace, TimedOut, System.
[[nodiscard]] Result<void> writeTo(const SaveTarget& target, std::span<const std::byte> bytes,
                                   const QString& path, std::chrono::milliseconds patience);

} // namespace shmpix
