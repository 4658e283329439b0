#pragma once

#include "common/base/result.h"
#include "common/segment/accessrights.h"

#include <QString>

#include <chrono>
#include <optional>
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

    /// Makes the lock, free, as the first of those peers does, and gives its identifier. None when there is a
    /// lock already, or it cannot be made.
    [[nodiscard]] static std::optional<int> make(const QString& semaphoreFile);

    /// Lets those take the lock, if it is of our own user, who may read a segment with those rights: to take
    /// it, one has to change it. Nobody loses the right to.
    static void allow(const QString& semaphoreFile, const AccessRights& rights);

    /// Whether the key file leads to that lock.
    [[nodiscard]] static bool leadsTo(const QString& semaphoreFile, int identifier);

    /// Removes a lock by its identifier, whoever holds it; also one whose key file is gone, which nobody
    /// finds.
    static void removeMade(int identifier);

    /// Removes the semaphore, but not its key file. Done by whoever holds the lock: who waits for it makes it
    /// anew. False when there is none.
    bool remove();

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
