#pragma once

#include "sender/senderoptions.h"

namespace shmpix {

class StopSignal;

/// A stream without a window: prints a line that begins with "shared " or an object with the first frame,
/// stays until the source ends, --for is over or the signal comes, and removes what it shared. Gives the exit
/// status.
[[nodiscard]] int runHeadlessLive(const SenderOptions& options, const LiveOptions& live,
                                  const StopSignal& stop);

} // namespace shmpix
