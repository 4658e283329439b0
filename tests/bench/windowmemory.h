#pragma once

#include "tests/bench/figures.h"

namespace shmpix::bench {

/// Opens the receiver's window, loads a 4K picture and prints the growth of the process' resident memory.
/// Runs as a separate process, so that nothing else has used memory before.
int measureWindowMemory(int argc, char** argv);

/// Runs that process and returns figures from its output.
[[nodiscard]] std::vector<Figure> windowMemoryFigures();

} // namespace shmpix::bench
