#pragma once

#include "receiver/savetarget.h"

namespace shmpix {

/// Gives the open file that is to replace a target's the mode, the access list, and where that is possible
/// the owner and the group of that one. Nobody gets more than before: where something cannot be given, such
/// as on a file system that has no modes, the new file keeps what it has, which is to be for its user alone.
void keepRights(const SaveTarget& old, int fd);

} // namespace shmpix
