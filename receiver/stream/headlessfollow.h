#pragma once

#include "receiver/receiveroptions.h"

namespace shmpix {

/// The receiver without a window in live mode: reads and checks the newest frames one after another, saves or
/// passes them on, and prints the counts at the end. Ends after --count frames, with --timeout, or on a
/// signal. Returns the exit status: 7 if the time ran out first, 5 if a frame was damaged. Needs a
/// QCoreApplication.
[[nodiscard]] int runHeadlessFollow(const ReceiverOptions& options);

} // namespace shmpix
