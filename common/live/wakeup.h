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

    /// Returns when somebody wakes those who wait for the word, at once when it does not have the value any
    /// more, after the time given at the latest, and now and then for no reason.
    static void wait(const quint32* word, quint32 value, std::chrono::nanoseconds atMost);
};

} // namespace shmpix
