#pragma once

#include <QtGlobal>

#include <optional>

namespace shmpix {

/// Predicts the next frame of a stream from the publishing times of the last ones. Times are monotonic
/// nanoseconds.
class Cadence
{
public:
    /// Records a frame: its place in the session and its publishing time; 0 for unknown.
    void saw(quint64 serial, qint64 published);

    /// Nothing if frames arrive irregularly, or so fast or slowly that a prediction does not help.
    [[nodiscard]] std::optional<qint64> next() const;

private:
    quint64 m_serial = 0;
    qint64 m_published = 0;
    qint64 m_period = 0;
    int m_steady = 0; ///< consecutive frames that arrived as predicted
};

} // namespace shmpix
