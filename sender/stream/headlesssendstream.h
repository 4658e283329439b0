#pragma once

#include "sender/senderoptions.h"

namespace shmpix {

class StopSignal;

/// A stream without a window: with the first frame, prints a line that starts with "shared " or an object,
/// runs until the source ends, --for is over or a signal arrives, and removes the segment. Returns the exit
/// status.
[[nodiscard]] int runHeadlessSendStream(const SenderOptions& options, const LiveOptions& live,
                                        const StopSignal& stop);

} // namespace shmpix
