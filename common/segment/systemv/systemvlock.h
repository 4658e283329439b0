#pragma once

#include "common/base/result.h"
#include "common/segment/accessrights.h"

#include <QString>

#include <chrono>
#include <optional>
#include <utility>

namespace shmpix {

/// Holds the lock of QSharedMemory::lock() like Qt peers: a System V semaphore that is released when its
/// holder dies. We do not use Qt for it, because Qt waits without limit, even in attach() and detach().
class SystemVLock
{
public:
    /// Waits until the lock is free. Holds nothing if there is no semaphore, because then no peer can lock
    /// either. Fails with LockHeld and names the holder.
    [[nodiscard]] static Result<SystemVLock> acquire(const QString& semaphoreFile,
                                                     std::chrono::milliseconds timeout);

    /// Creates the lock in the unlocked state, like the first of those peers, and returns its identifier.
    /// Nothing if it already exists or cannot be created.
    [[nodiscard]] static std::optional<int> make(const QString& semaphoreFile);

    /// If the lock belongs to our own user, lets those take it who may read a segment with those rights,
    /// because taking it means changing it. Nobody loses access.
    static void allow(const QString& semaphoreFile, const AccessRights& rights);

    /// Whether the key file refers to that lock.
    [[nodiscard]] static bool leadsTo(const QString& semaphoreFile, int identifier);

    /// Removes a lock by its identifier, whoever holds it, even if its key file is gone.
    static void removeMade(int identifier);

    /// Removes the semaphore but not its key file. Call it while holding the lock; a waiting peer creates it
    /// again. False if there is none.
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
