#pragma once

#include <QtGlobal>

#include <chrono>

namespace shmpix {

/// Waiting for a word in shared memory to change, without a lock and without the word's being writable for
/// those who wait. Linux has a call for that, the futex; elsewhere nobody is woken, and waiting is a sleep.
class WakeUp
{
public:
    /// Whether a writer on this system can wake anybody.
    [[nodiscard]] static bool isAvailable();

    /// Wakes everybody who waits for the word, in any process. A system call also when nobody does.
    static void wakeAll(const quint32* word);

    /// Returns when somebody wakes those who wait for the word, at once when it does not have the value any
    /// more, after the time given at the latest, and now and then for no reason.
    static void wait(const quint32* word, quint32 value, std::chrono::nanoseconds atMost);
};

} // namespace shmpix
