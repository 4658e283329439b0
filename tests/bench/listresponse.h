#pragma once

#include "tests/bench/figures.h"

namespace shmpix::bench {

/// Opens the receiver's window and its list of segments. Prints the time until there were rows, the longest
/// time in which the window could not respond, and the time until `argv[2]` rows had their pictures, in
/// milliseconds. Runs as a separate process, as for a user.
int measureListResponse(int argc, char** argv);

/// Creates 500 segments of 8 MB, full of pictures, and runs that process; removes them however this process
/// ends. If there is no room for them, leaves the figures out and says so.
[[nodiscard]] std::vector<Figure> listResponseFigures();

} // namespace shmpix::bench
