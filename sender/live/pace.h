#pragma once

#include <chrono>
#include <optional>

namespace shmpix {

/// Computes when the next frame is due, by deadlines on a fixed grid, so that the rate does not drift, and
/// frames are skipped after a delay instead of being sent in a burst. A value.
class Pace
{
public:
    using Clock = std::chrono::steady_clock;

    /// The next frame is due at once, and begins the grid.
    void restart() { m_last.reset(); }

    /// When the next frame is due, after one that is to be shown for so long.
    [[nodiscard]] Clock::time_point due(std::chrono::nanoseconds duration) const
    {
        return m_last ? *m_last + duration : Clock::time_point();
    }

    /// A frame was published, after one that was to be shown for so long.
    void published(std::chrono::nanoseconds duration, Clock::time_point now)
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
    std::optional<Clock::time_point> m_last; ///< the last frame's place on the grid
};

} // namespace shmpix
