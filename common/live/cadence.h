#pragma once

#include <QtGlobal>

#include <optional>

namespace shmpix {

/// When the next frame of a stream is to be expected, judged by when the last ones were published. Times are
/// monotonic nanoseconds.
class Cadence
{
public:
    /// Takes note of a frame: its place in the session, and when it was published; 0 for unknown.
    void saw(quint64 serial, qint64 published);

    /// Nothing where frames come at no regular rate, or so fast or so slowly that it does not matter.
    [[nodiscard]] std::optional<qint64> next() const;

private:
    quint64 m_serial = 0;
    qint64 m_published = 0;
    qint64 m_period = 0;
    int m_steady = 0; ///< frames in a row that came when they were to be expected
};

} // namespace shmpix
