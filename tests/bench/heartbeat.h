#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>

namespace shmpix::bench {

/// Watches the event loop and measures the longest time between two of its rounds.
class Heartbeat final : public QObject
{
public:
    Heartbeat()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(1);
        connect(&m_timer, &QTimer::timeout, this, [this] { beat(); });
    }
    void start()
    {
        m_longest = 0;
        m_last.start();
        m_timer.start();
    }
    void beat()
    {
        m_longest = std::max(m_longest, double(m_last.nsecsElapsed()) / 1e6);
        m_last.start();
    }
    /// In milliseconds.
    [[nodiscard]] double longest() const { return m_longest; }

private:
    QTimer m_timer;
    QElapsedTimer m_last;
    double m_longest = 0;
};

} // namespace shmpix::bench
