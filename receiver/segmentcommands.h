#pragma once

#include "common/base/result.h"

namespace shmpix {

/// Implements --list: prints the segments of this machine to standard output, one line or JSON object each,
/// without changing them. Fails like printing. Needs a QCoreApplication.
[[nodiscard]] Result<void> printSegments(bool json);

/// Implements --clean: removes what dead owners of ours left and prints it; with `dryRun`, only prints it.
/// Fails with NotPermitted if something could not be removed, and like printing.
[[nodiscard]] Result<void> cleanSegments(bool dryRun, bool json);

} // namespace shmpix
