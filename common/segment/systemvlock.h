#pragma once

#include "common/base/result.h"

#include <QString>

#include <chrono>
#include <utility>

namespace shmpix {

/// Holds the lock that QSharedMemory::lock() takes, as those peers do: a System V semaphore whose holder's
/// death frees it. Taken here and not through Qt, because Qt waits for it without limit, also inside attach()
/// and detach().
class SystemVLock
{
public:
    /// Waits until the lock is free. Holds nothing where there is no semaphore: then no peer can lock either.
    /// Fails with LockHeld, naming the holder.
    [[nodiscard]] static Result<SystemVLock> acquire(const QString& semaphoreFile,
                                                     std::chrono::milliseconds timeout);

    /// Makes the lock, free, as the first of those peers does. False when there is one already, or none can
    /// be made.
    static bool make(const QString& semaphoreFile);

    /// Removes the semaphore and its key file. Done by whoever holds the lock: who waits for it makes it
    /// anew.
    void remove(const QString& semaphoreFile);

    SystemVLock() = default;
    SystemVLock(SystemVLock&& other) noexcept
        : m_semaphore(std::exchange(other.m_semaphore, -1))
    {
    }
    SystemVLock& operator=(SystemVLock&& other) noexcept
    {
        std::swap(m_semaphore, other.m_semaphore);
        return *this;
    }
    ~SystemVLock();

private:
    explicit SystemVLock(int semaphore)
        : m_semaphore(semaphore)
    {
    }

    int m_semaphore = -1;
};

} // namespace shmpix
