#include "common/segment/systemv/systemvlock.h"

#include "common/segment/posix/processinfo.h"
#include "common/segment/systemv/systemvkey.h"

#include <QCoreApplication>
#include <QDeadlineTimer>

#include <cerrno>

#include <sys/sem.h>
#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SystemVLock)
};

/// The semaphore of the key file, or -1 if there is none.
int existingSemaphore(const QString& file)
{
    const auto key = systemVKey(file);
    return key ? ::semget(*key, 1, 0) : -1;
}

/// The argument of semctl(2), which every program must declare itself.
union SemaphoreArgument {
    int value;
    semid_ds* status;
};

bool setFree(int semaphore)
{
    SemaphoreArgument argument = {};
    argument.value = 1;
    return ::semctl(semaphore, 0, SETVAL, argument) == 0;
}

/// Whether no operation was ever performed on the semaphore: its creator may have died before setting the
/// value.
bool wasNeverTaken(int semaphore)
{
    semid_ds status = {};
    SemaphoreArgument argument = {};
    argument.status = &status;
    return ::semctl(semaphore, 0, IPC_STAT, argument) == 0 && status.sem_otime == 0;
}

Error heldBy(int semaphore)
{
    const int holder = ::semctl(semaphore, 0, GETPID); // the process that changed it last
    return {
        ErrorCode::LockHeld,
        Text::tr(
            "%1 holds the segment's lock and does not release it. Wait until it does, or quit that program.")
            .arg(holder > 0 ? describeProcess(holder) : Text::tr("A program that is not visible from here"))};
}

} // namespace

Result<SystemVLock> SystemVLock::acquire(const QString& semaphoreFile, std::chrono::milliseconds timeout)
{
    const QDeadlineTimer deadline(timeout);
    int semaphore = existingSemaphore(semaphoreFile);
    while (semaphore != -1) {
        sembuf operation = {0, -1, SEM_UNDO};
        const qint64 left = deadline.remainingTimeNSecs();
        const timespec wait = {static_cast<time_t>(left / 1'000'000'000),
                               static_cast<long>(left % 1'000'000'000)};
        if (::semtimedop(semaphore, &operation, 1, &wait) == 0) {
            return SystemVLock(semaphore);
        }
        if (errno == EAGAIN) {
            if (!wasNeverTaken(semaphore) || !setFree(semaphore)) {
                return heldBy(semaphore);
            }
            continue;
        }
        if (errno == EIDRM || errno == EINVAL) {
            semaphore = existingSemaphore(semaphoreFile); // its creator removed it on exit
        } else if (errno != EINTR) {
            return Error{
                errno == EACCES ? ErrorCode::NotPermitted : ErrorCode::System,
                Text::tr("The segment's lock cannot be acquired: %1. Ask its owner to give you access to it.")
                    .arg(systemMessage(errno))};
        }
    }
    return SystemVLock();
}

std::optional<int> SystemVLock::make(const QString& semaphoreFile)
{
    // Not with QSystemSemaphore, which removes the key file before the semaphore. If we were killed in
    // between, nobody could find the semaphore any longer.
    const auto key = madeSystemVKey(semaphoreFile);
    const int semaphore = key ? ::semget(*key, 1, IPC_CREAT | IPC_EXCL | 0600) : -1;
    return semaphore != -1 && setFree(semaphore) ? std::optional(semaphore) : std::nullopt;
}

void SystemVLock::allow(const QString& semaphoreFile, const AccessRights& rights)
{
    const int semaphore = existingSemaphore(semaphoreFile);
    semid_ds status = {};
    SemaphoreArgument argument = {};
    argument.status = &status;
    if (semaphore == -1 || ::semctl(semaphore, 0, IPC_STAT, argument) != 0 ||
        status.sem_perm.uid != ::geteuid()) {
        return;
    }
    auto wanted = static_cast<unsigned>(status.sem_perm.mode & 0777);
    const gid_t group = rights.group.value_or(status.sem_perm.gid);
    for (const unsigned shift : {0U, 3U}) {
        const bool mayRead = (rights.bits() >> shift & 4U) != 0;
        wanted |= mayRead ? 6U << shift : 0U;
    }
    if (wanted != (status.sem_perm.mode & 0777) || group != status.sem_perm.gid) {
        status.sem_perm.mode = static_cast<decltype(status.sem_perm.mode)>(wanted);
        status.sem_perm.gid = group;
        ::semctl(semaphore, 0, IPC_SET, argument);
    }
}

bool SystemVLock::leadsTo(const QString& semaphoreFile, int identifier)
{
    return existingSemaphore(semaphoreFile) == identifier;
}

void SystemVLock::removeMade(int identifier)
{
    ::semctl(identifier, 0, IPC_RMID);
}

bool SystemVLock::remove()
{
    return m_semaphore != -1 && ::semctl(std::exchange(m_semaphore, -1), 0, IPC_RMID) == 0;
}

SystemVLock::~SystemVLock()
{
    if (m_semaphore != -1) {
        sembuf operation = {0, 1, SEM_UNDO};
        ::semop(m_semaphore, &operation, 1);
    }
}

} // namespace shmpix
