#pragma once

namespace shmpix {

/// --list: prints the segments of this machine, a line or a JSON object each, to standard output. Changes
/// nothing of them. Gives the exit status. Needs a QCoreApplication.
[[nodiscard]] int printSegments(bool json);

/// --clean: removes what dead owners of ours left and prints it; with `dryRun` only prints it. Exit status 4
/// when something could not be removed.
[[nodiscard]] int cleanSegments(bool dryRun, bool json);

} // namespace shmpix
