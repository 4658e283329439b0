#pragma once

#include "tests/bench/figures.h"
#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// Opens the receiver's window, live, on the stream under that key for the given time. Prints the longest
/// time in which it could not respond (ms), the frames shown per second, its share of a core, and by how many
/// MiB its memory grew. Runs as a separate process, as for a user.
int showLiveWindow(int argc, char** argv, const QString& key, double seconds);

/// Runs that process beside a writer of 4K frames at 60 per second.
[[nodiscard]] std::vector<Figure> liveWindowFigures(const Transport& ours, double seconds);

} // namespace shmpix::bench
