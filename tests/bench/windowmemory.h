#pragma once

#include "tests/bench/figures.h"

namespace shmpix::bench {

/// Opens the receiver's window, loads a 4K picture and prints the growth of the process' resident memory: a
/// process of its own, so that nothing else has used memory before.
int measureWindowMemory(int argc, char** argv);

/// Runs that process and makes figures of what it prints.
[[nodiscard]] std::vector<Figure> windowMemoryFigures();

} // namespace shmpix::bench
