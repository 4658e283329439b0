#pragma once

#include "common/base/monotonicclock.h"
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
    enum class State {
        Whole,  ///< the requested bytes are there
        NotYet, ///< they are not there yet, but may still come
        Ended,  ///< no more bytes will come
    };

    /// Does not own the descriptor.
    explicit StreamInput(int descriptor)
        : m_descriptor(descriptor)
    {
    }

    /// The bytes that were read but not taken yet: the start of the next item.
    [[nodiscard]] const QByteArray& ahead() const { return m_ahead; }

    /// Reads more bytes ahead, a few hundred at most.
    [[nodiscard]] Result<State> readAhead(MonotonicClock::time_point deadline);

    /// Takes this many of the bytes that were read ahead.
    void take(qsizetype count);

    /// Fills `out` from byte `done` on until it is whole, and advances `done`.
    [[nodiscard]] Result<State> fill(std::span<std::byte> out, qint64& done,
                                     MonotonicClock::time_point deadline);

    /// How many bytes were taken.
    [[nodiscard]] qint64 taken() const { return m_taken; }

private:
    [[nodiscard]] Result<State> read(std::span<std::byte> out, qint64& count,
                                     MonotonicClock::time_point deadline);

    int m_descriptor;
    QByteArray m_ahead;
    qint64 m_taken = 0;
};

} // namespace shmpix
