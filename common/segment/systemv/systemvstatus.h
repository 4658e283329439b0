#pragma once

#include "common/segment/segmentaddress.h"

#include <QString>

#include <optional>

#include <sys/types.h>

namespace shmpix {

/// What the system reveals about a System V segment, even if it may not be read.
struct SystemVStatus
{
    uid_t user = 0;
    mode_t mode = 0; ///< the permission bits
    pid_t maker = 0;
};

/// Whether there is memory behind the qt: or systemv: address, readable or not. Creates and attaches nothing.
[[nodiscard]] bool hasSystemVMemory(const SegmentAddress& address);

/// The status of the memory behind the qt: or systemv: address; nothing if there is none, or no
/// /proc/sysvipc.
[[nodiscard]] std::optional<SystemVStatus> systemVStatus(const SegmentAddress& address);

} // namespace shmpix
