#pragma once

#include "tests/bench/live/rounds.h"

#include <map>

namespace shmpix::bench {

/// Medians over rounds, by the name of the transport.
using Rates = std::map<QString, double>;

/// Measures the task with each of the transports in turn, for this many rounds.
[[nodiscard]] Rates ratesInTurns(const std::vector<Transport>& transports, const Task& task, int rounds);

} // namespace shmpix::bench
