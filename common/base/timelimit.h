#pragma once

#include <QDeadlineTimer>

#include <algorithm>
#include <chrono>
#include <stop_token>

namespace shmpix {

/// How long somebody waits for a piece of work: until a moment, and for as long as nobody asks to stop.
/// Without either, without limit. A value; a copy speaks of the same work. Any thread.
struct TimeLimit
{
    QDeadlineTimer deadline = QDeadlineTimer(QDeadlineTimer::Forever);
    std::stop_token stop = {};

    [[nodiscard]] bool isOver() const { return stop.stop_requested() || deadline.hasExpired(); }

    /// As much of a time as is left.
    [[nodiscard]] std::chrono::milliseconds leftOf(std::chrono::milliseconds time) const
    {
        return deadline.isForever() ? time
                                    : std::min(time, std::chrono::milliseconds(deadline.remainingTime()));
    }
};

} // namespace shmpix
