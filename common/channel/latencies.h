#pragma once

#include <QtGlobal>

#include <optional>
#include <vector>

namespace shmpix {

/// The most recent durations and their distribution.
class Latencies
{
public:
    explicit Latencies(std::size_t window = 512);

    /// Adds the time from `from` to `to`, in nanoseconds of one monotonic clock. Ignores impossible values: 0
    /// is an unknown time, and peers may write times in the future.
    void add(qint64 from, qint64 to);

    struct Spread
    {
        qint64 p50 = 0; ///< nanoseconds, like the others
        qint64 p99 = 0;
        qint64 max = 0;
        std::size_t count = 0;
    };

    /// Returns nothing until a duration is known.
    [[nodiscard]] std::optional<Spread> spread() const;

    void clear();

private:
    std::size_t m_window;
    std::size_t m_next = 0;
    std::vector<qint64> m_values;
};

} // namespace shmpix
