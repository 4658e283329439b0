#pragma once

#include "common/base/result.h"

#include <QByteArray>

#include <chrono>
#include <span>

namespace shmpix {

/// Reads a pipe, a file or a terminal that may never deliver data, and never waits longer than requested.
/// Used by one thread.
class StreamInput
{
public:
    using Clock = std::chrono::steady_clock;

    enum class State {
        Whole,  ///< what was wanted is there
        NotYet, ///< it is not, and may still come
        Ended,  ///< nothing comes any more
    };

    /// Does not own the descriptor.
    explicit StreamInput(int descriptor)
        : m_descriptor(descriptor)
    {
    }

    /// What was read and not taken yet: the beginning of whatever comes next.
    [[nodiscard]] const QByteArray& ahead() const { return m_ahead; }

    /// Reads some more of it, a few hundred bytes at most.
    [[nodiscard]] Result<State> readAhead(Clock::time_point deadline);

    /// Takes so many bytes of what was read ahead.
    void take(qsizetype count);

    /// Fills `out` from byte `done` on, and counts on in it, until it is whole.
    [[nodiscard]] Result<State> fill(std::span<std::byte> out, qint64& done, Clock::time_point deadline);

    /// How many bytes were taken.
    [[nodiscard]] qint64 taken() const { return m_taken; }

private:
    [[nodiscard]] Result<State> read(std::span<std::byte> out, qint64& count, Clock::time_point deadline);

    int m_descriptor;
    QByteArray m_ahead;
    qint64 m_taken = 0;
};

} // namespace shmpix
