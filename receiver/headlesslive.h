#pragma once

#include "receiver/receiveroptions.h"

namespace shmpix {

/// The receiver without a window, live: reads the newest frames one after the other, checks each, saves or
/// hands them on, and says at the end what came. Ends after --count frames, with --timeout, or when it is
/// asked to. Gives the exit status: 7 when the time was over first, 5 when a frame was not whole. Needs a
/// QCoreApplication.
[[nodiscard]] int runHeadlessLive(const ReceiverOptions& options);

} // namespace shmpix
