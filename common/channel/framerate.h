#pragma once

#include <QtGlobal>

#include <deque>

namespace shmpix {

/// How many frames a second come, over the last two seconds. Times are nanoseconds of one monotonic clock;
/// those that go backwards, as a peer may write them, begin anew. Never negative, infinite or no number.
class FrameRate
{
public:
    /// So many frames had come at that moment: a count that grows.
    void add(quint64 count, qint64 time);

    /// Frames a second; 0 when it is not known, or none has come for a while before `now`.
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
