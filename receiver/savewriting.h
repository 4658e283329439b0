#pragma once

#include "common/base/result.h"
#include "common/base/timelimit.h"
#include "common/segment/accessrights.h"
#include "receiver/savetarget.h"

#include <chrono>
#include <span>

namespace shmpix {

/// How a picture is saved. A value.
struct SaveOptions
{
    std::chrono::milliseconds patience{}; ///< with a pipe that nobody reads
    AccessRights access = {};             ///< of a file that is made; nothing: as the one that it replaces
    TimeLimit limit = {};                 ///< of waiting for what is no regular file
};

/// Puts the bytes of a file where they are to be saved: a regular file is replaced in one step by a complete
/// new one, which keeps its mode and, where that is possible, its owner and group, as far as the options say
/// nothing else; a device and a pipe are written into. `path` is what the user calls it. Any thread but the
/// GUI's. Fails with NotPermitted, NoSpace, TimedOut, System.
[[nodiscard]] Result<void> writeTo(const SaveTarget& target, std::span<const std::byte> bytes,
                                   const QString& path, const SaveOptions& options);

} // namespace shmpix
