#pragma once

#include "tests/bench/figures.h"
#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// The figures of live frames, by measurement. `known` begins with our transport; the others are measured
/// beside it, in rounds that take turns. Measurements that fail are left out and reported on standard error.

/// 4K frames at full speed, copied in and out: frames per second.
[[nodiscard]] std::vector<Figure> copyFigures(const std::vector<Transport>& known);

/// The same, filled and read in place.
[[nodiscard]] std::vector<Figure> placeFigures(const std::vector<Transport>& known);

/// The time from filling a frame until the reader runs, 1080p at 60 frames per second.
[[nodiscard]] std::vector<Figure> wakeUpFigures(const std::vector<Transport>& known);

/// Frames published per second if their pixels are already in place.
[[nodiscard]] std::vector<Figure> publishFigures();

/// The writer's rate of 4K frames at 60 per second, with more and more readers, one of them stopped.
[[nodiscard]] std::vector<Figure> stoppedReaderFigures(const Transport& ours);

/// The Python kit's writer and our reader, 1080p.
[[nodiscard]] std::vector<Figure> kitFigures(const Transport& ours);

} // namespace shmpix::bench
