#pragma once

#include <QtGlobal>

#include <chrono>

namespace shmpix {

/// The clock of deadlines and durations.
using MonotonicClock = std::chrono::steady_clock;

/// Its time in nanoseconds, as frames, heartbeats and other processes count it.
[[nodiscard]] inline qint64 monotonicNow()
{
    return std::chrono::nanoseconds(MonotonicClock::now().time_since_epoch()).count();
}

} // namespace shmpix
