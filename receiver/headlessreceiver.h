#pragma once

#include "receiver/receiveroptions.h"

namespace shmpix {

/// The receiver without a window: loads once, waiting up to --timeout, saves, and prints the facts; or
/// follows the newest picture. Returns the exit status. Needs a QCoreApplication.
[[nodiscard]] int runHeadlessReceiver(const ReceiverOptions& options);

} // namespace shmpix
