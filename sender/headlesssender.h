#pragma once

#include "sender/senderoptions.h"

namespace shmpix {

/// The sender without a window: shares, prints a line that begins with "shared " or an object, stays until
/// --for is over or a signal comes, and removes what it shared. Gives the exit status. Needs a
/// QCoreApplication.
[[nodiscard]] int runHeadlessSender(const SenderOptions& options);

} // namespace shmpix
