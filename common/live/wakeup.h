#pragma once

#include <QtGlobal>

#include <chrono>

namespace shmpix {

/// Waits for a word in shared memory to change, without a lock and without write access to the word. Uses the
/// futex on Linux; elsewhere nobody is woken, and waiting is a sleep.
class WakeUp
{
public:
    /// Whether a writer on this system can wake readers.
    [[nodiscard]] static bool isAvailable();

    /// Wakes all waiters for the word, in any process. Makes a system call even if there are none.
    static void wakeAll(const quint32* word);

    /// Returns when somebody wakes the waiters for the word, at once if the word no longer has the value, and
    /// at the latest after the given time. May also return for no reason.
    static void wait(const quint32* word, quint32 value, std::chrono::nanoseconds atMost);
};

} // namespace shmpix
