#pragma once

#include "common/base/monotonicclock.h"

#include <chrono>
#include <optional>

namespace shmpix {

/// Computes when the next frame is due. Deadlines lie on a fixed grid, so that the rate does not drift, and
/// after a delay frames are skipped instead of being sent in a burst. A value.
class Pace
{
public:
    /// Makes the next frame due at once, as the first of a new grid.
    void restart() { m_last.reset(); }

    /// When the next frame is due after one that is shown for this long.
    [[nodiscard]] MonotonicClock::time_point due(std::chrono::nanoseconds duration) const
    {
        return m_last ? *m_last + duration : MonotonicClock::time_point();
    }

    /// Notes that a frame was published, after one that was shown for this long.
    void published(std::chrono::nanoseconds duration, MonotonicClock::time_point now)
    {
        if (!m_last || duration.count() <= 0) {
            m_last = now;
            return;
        }
        *m_last += duration;
        if (now > *m_last) {
            *m_last += (now - *m_last) / duration * duration;
        }
    }

private:
    std::optional<MonotonicClock::time_point> m_last; ///< the last frame's place on the grid
};

} // namespace shmpix
