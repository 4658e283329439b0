#pragma once

#include <QtGlobal>

#include <deque>

namespace shmpix {

/// The frame rate over the last two seconds. Times are nanoseconds of one monotonic clock; times that go
/// backwards, which a peer may write, start a new measurement. Never negative, infinite or NaN.
class FrameRate
{
public:
    /// Adds the number of frames that had arrived by that time, a growing count.
    void add(quint64 count, qint64 time);

    /// Frames per second; 0 if unknown, or if none has come for a while before `now`.
    [[nodiscard]] double perSecond(qint64 now) const;

    void clear() { m_samples.clear(); }

private:
    struct Sample
    {
        quint64 count;
        qint64 time;
    };

    std::deque<Sample> m_samples;
};

} // namespace shmpix
