#pragma once

#include "common/segment/segmentaddress.h"

#include <QString>

#include <optional>

#include <sys/types.h>

namespace shmpix {

/// What the system tells everybody of a System V segment, also of one that may not be read.
struct SystemVStatus
{
    uid_t user = 0;
    mode_t mode = 0; ///< the permission bits
    pid_t maker = 0;
};

/// Whether there is memory behind the qt: or systemv: address, readable or not. Makes and attaches nothing.
[[nodiscard]] bool hasSystemVMemory(const SegmentAddress& address);

/// Of the memory behind the qt: or systemv: address; nothing when there is none, or no /proc/sysvipc.
[[nodiscard]] std::optional<SystemVStatus> systemVStatus(const SegmentAddress& address);

} // namespace shmpix
