#pragma once

#include "common/base/result.h"

namespace shmpix {

/// --list: prints the segments of this machine, a line or a JSON object each, to standard output. Changes
/// nothing of them. Fails as printing does. Needs a QCoreApplication.
[[nodiscard]] Result<void> printSegments(bool json);

/// --clean: removes what dead owners of ours left and prints it; with `dryRun` only prints it. Fails
/// with NotPermitted when something could not be removed, and as printing does.
[[nodiscard]] Result<void> cleanSegments(bool dryRun, bool json);

} // namespace shmpix
