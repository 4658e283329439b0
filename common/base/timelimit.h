#pragma once

#include <QDeadlineTimer>

#include <algorithm>
#include <chrono>
#include <stop_token>

namespace shmpix {

/// How long to wait for a piece of work: until a deadline, and until somebody asks to stop. Without either,
/// there is no limit. A value; a copy refers to the same work. Any thread.
struct TimeLimit
{
    QDeadlineTimer deadline = QDeadlineTimer(QDeadlineTimer::Forever);
    std::stop_token stop = {};

    [[nodiscard]] bool isOver() const { return stop.stop_requested() || deadline.hasExpired(); }

    /// The given time, or what is left if that is less.
    [[nodiscard]] std::chrono::milliseconds leftOf(std::chrono::milliseconds time) const
    {
        return deadline.isForever() ? time
                                    : std::min(time, std::chrono::milliseconds(deadline.remainingTime()));
    }
};

} // namespace shmpix
