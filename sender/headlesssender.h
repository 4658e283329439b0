#pragma once

#include "sender/senderoptions.h"

namespace shmpix {

/// The sender without a window: shares, prints a line that starts with "shared " or an object, runs until
/// --for is over or a signal arrives, and removes the segment. Returns the exit status. Needs a
/// QCoreApplication.
[[nodiscard]] int runHeadlessSender(const SenderOptions& options);

} // namespace shmpix
