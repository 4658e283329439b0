#pragma once

#include "receiver/linux/savetarget.h"

namespace shmpix {

/// Gives the open file that is to replace a target the target's mode and access list and, where possible, its
/// owner and group. Nobody gets more rights than before: if something cannot be set, for example on a file
/// system without modes, the new file keeps its initial rights, which should be for its user alone.
void keepRights(const SaveTarget& old, int fd);

} // namespace shmpix
