#pragma once

#include "common/base/monotonicclock.h"

#include <QtGlobal>

#include <chrono>

namespace shmpix {

/// Frames and bytes per second, over about the last second. A value.
class FlowMeter
{
public:
    void add(qint64 bytes)
    {
        ++m_frames;
        m_bytes += bytes;
    }

    /// Updates the figures if enough time has passed. Returns whether they are new.
    bool update(MonotonicClock::time_point now)
    {
        const std::chrono::duration<double> time = now - m_since;
        if (time.count() < interval) {
            return false;
        }
        const bool isFirst = m_since == MonotonicClock::time_point();
        m_fps = isFirst ? 0 : double(m_frames) / time.count();
        m_bytesPerSecond = isFirst ? 0 : double(m_bytes) / time.count();
        m_since = now;
        m_frames = 0;
        m_bytes = 0;
        return true;
    }

    [[nodiscard]] double fps() const { return m_fps; }
    [[nodiscard]] double bytesPerSecond() const { return m_bytesPerSecond; }

private:
    static constexpr double interval = 1; // seconds

    MonotonicClock::time_point m_since;
    quint64 m_frames = 0;
    qint64 m_bytes = 0;
    double m_fps = 0;
    double m_bytesPerSecond = 0;
};

} // namespace shmpix
