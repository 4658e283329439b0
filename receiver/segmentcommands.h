#pragma once

#include "common/base/result.h"

namespace shmpix {

/// Implements --list: prints the segments of this machine to standard output, one line or JSON object each,
/// without changing them. Fails like printing. Needs a QCoreApplication.
[[nodiscard]] Result<void> printSegments(bool json);

/// Implements --clean: removes the remains of dead owners of ours and prints them; with `dryRun`, only prints
/// them. Fails with NotPermitted if something could not be removed, and like printing.
[[nodiscard]] Result<void> cleanSegments(bool dryRun, bool json);

} // namespace shmpix
