#pragma once

#include "common/base/result.h"
#include "common/base/timelimit.h"
#include "common/segment/accessrights.h"

#include <QString>

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

/// Writes the bytes of a file to the path. A regular file is replaced in one step by a complete new one,
/// which keeps the old mode and, if possible, the old owner and group, unless the options specify others; a
/// device or pipe is written to. Any thread but the GUI's. Fails with NotFound if the folder does not exist,
/// NotPermitted, NoSpace, TimedOut or System.
[[nodiscard]] Result<void> saveFile(const QString& path, std::span<const std::byte> bytes,
                                    const SaveOptions& options);

/// Whether a file that is saved there is written to this process' standard output, as with /dev/stdout.
[[nodiscard]] bool isStandardOutput(const QString& path);

} // namespace shmpix
