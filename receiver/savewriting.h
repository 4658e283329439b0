#pragma once

#include "common/base/result.h"
#include "common/base/timelimit.h"
#include "common/segment/accessrights.h"
#include "receiver/savetarget.h"

#include <chrono>
#include <span>

namespace shmpix {

/// Options for saving a picture. A value.
struct SaveOptions
{
    std::chrono::milliseconds patience{}; ///< how long to wait for a reader of a pipe
    AccessRights access = {}; ///< the rights of a new file; nothing: those of the file that it replaces
    TimeLimit limit = {};     ///< for writing to anything but a regular file
};

/// Writes the bytes of a file to the target. A regular file is replaced in one step by a complete new one,
/// which keeps the old mode and, if possible, the old owner and group, unless the options specify others; a
/// device or pipe is written to. `path` is the path that the user gave. Any thread but the GUI's. Fails with
/// NotPermitted, NoSpace, TimedOut or System.
[[nodiscard]] Result<void> writeTo(const SaveTarget& target, std::span<const std::byte> bytes,
                                   const QString& path, const SaveOptions& options);

} // namespace shmpix
