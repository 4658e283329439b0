#pragma once

#include "tests/bench/figures.h"

namespace shmpix::bench {

/// Opens the receiver's window and its list of segments, and prints how long it took until there were rows,
/// the longest time in which the window could not answer, and how long it took until `argv[2]` rows had their
/// pictures, in milliseconds. A process of its own, as a user has it.
int measureListResponse(int argc, char** argv);

/// Makes 500 segments of 8 MB, full of pictures, and runs that process; removes them however we end. One that
/// cannot be made for lack of room leaves the figures out and says so.
[[nodiscard]] std::vector<Figure> listResponseFigures();

} // namespace shmpix::bench
