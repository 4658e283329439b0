#pragma once

#include <QtGlobal>

#include <chrono>

namespace shmpix {

/// The monotonic clock in nanoseconds, as frames, heartbeats and other processes count it.
[[nodiscard]] inline qint64 monotonicNow()
{
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace shmpix
