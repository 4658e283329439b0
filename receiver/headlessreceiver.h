#pragma once

#include "receiver/receiveroptions.h"

namespace shmpix {

/// The receiver without a window: loads once, waiting for up to --timeout, saves, prints the facts; or
/// follows the newest picture. Gives the exit status. Needs a QCoreApplication.
[[nodiscard]] int runHeadlessReceiver(const ReceiverOptions& options);

} // namespace shmpix
