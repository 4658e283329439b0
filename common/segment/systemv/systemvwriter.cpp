#include "common/segment/systemv/systemvwriter.h"

#include "common/base/quantitytext.h"
#include "common/segment/posix/processinfo.h"
#include "common/segment/readoptions.h"
#include "common/segment/segmenterrors.h"
#include "common/segment/systemv/systemvkey.h"
#include "common/segment/systemvnames.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SystemVWriter)
};

ErrorCode codeFor(int errorNumber)
{
    switch (errorNumber) {
    case ENOMEM:
    case ENOSPC:
    case EINVAL: // larger than the system allows
        return ErrorCode::NoSpace;
    case EACCES:
    case EPERM:
        return ErrorCode::NotPermitted;
    default:
        return ErrorCode::System;
    }
}

AccessRights rightsOf(const shmid_ds& status)
{
    return {(status.shm_perm.mode & 0777U) | 0600U, status.shm_perm.gid};
}

/// Zero, or an errno value.
int giveToGroup(int memory, gid_t group)
{
    shmid_ds status = {};
    if (::shmctl(memory, IPC_STAT, &status) != 0) {
        return errno;
    }
    if (status.shm_perm.gid == group) {
        return 0;
    }
    status.shm_perm.gid = group;
    return ::shmctl(memory, IPC_SET, &status) == 0 ? 0 : errno;
}

} // namespace

SystemVWriter::SystemVWriter(const SegmentAddress& address, const AccessRights& access)
    : m_address(address)
    , m_access(access)
{
    const SystemVNames names(address);
    m_segmentFile = names.segmentFile;
    m_semaphoreFile = names.semaphoreFile;
}

SystemVWriter::~SystemVWriter()
{
    m_lock.reset();
    if (m_keep || (m_id == -1 && !m_madeLock)) {
        return;
    }
    // A peer that never releases the lock must not keep us from exiting. It then keeps the lock, but nothing
    // else.
    auto lock = SystemVLock::acquire(m_semaphoreFile, lockTimeout);
    const bool hasShared = m_id != -1;
    const bool named = hasShared && segmentId() == m_id;
    destroy();
    // The current owner of the key also owns the lock and the key files, even those that we created: it may
    // be a sender that came after our segment had been removed.
    const bool isFree = segmentId() == -1;
    const bool hasOurLock = isFree && (named || isOurs(m_semaphoreFile, m_semaphoreFileId));
    const bool hasOurKey = isFree && (named || isOurs(m_segmentFile, m_segmentFileId));
    // Also removes a lock that a killed sender left and that Qt would never remove.
    const bool lockRemoved = hasOurLock && lock.has_value() && lock->remove();
    if (lockRemoved && m_semaphoreFile != m_segmentFile) {
        QFile::remove(m_semaphoreFile);
    }
    // Memory that existed before its lock was used without one.
    const bool isLockInUse =
        hasShared && !isFree && m_madeLock && SystemVLock::leadsTo(m_semaphoreFile, *m_madeLock);
    if (m_madeLock && lock.has_value() && !isLockInUse) {
        SystemVLock::removeMade(*m_madeLock);
    }
    if ((named || lockRemoved) && hasOurKey) {
        QFile::remove(m_segmentFile);
    }
}

/// Whether the key file is the one that we have used. No system call checks and removes in one step, so it
/// could be replaced in between.
bool SystemVWriter::isOurs(const QString& keyFile, const std::optional<FileId>& used)
{
    const auto status = statusOf(QFile::encodeName(keyFile));
    return status && used && status->id == *used;
}

std::optional<FileId> SystemVWriter::idOf(const QString& keyFile)
{
    const auto status = statusOf(QFile::encodeName(keyFile));
    return status ? std::optional(status->id) : std::nullopt;
}

Replacement SystemVWriter::replacement() const
{
    return m_address.scheme() == SegmentAddress::Scheme::Qt ? Replacement::WholeIfLocked
                                                            : Replacement::MayMix;
}

Result<std::span<std::byte>> SystemVWriter::reserve(qint64 bytes)
{
    m_lock.reset(); // from a reserve() that was not published
    if (auto checked = checkKeyFile(); !checked) {
        return checked.error();
    }
    // Repeated each time, because a peer that created the lock may have removed it on exit, or the key file
    // may have been deleted.
    if (const auto made = SystemVLock::make(m_semaphoreFile)) {
        if (const auto old = std::exchange(m_madeLock, made)) {
            SystemVLock::removeMade(*old);
        }
    }
    m_semaphoreFileId = idOf(m_semaphoreFile);
    m_access = rights();
    SystemVLock::allow(m_semaphoreFile, m_access);
    auto lock = SystemVLock::acquire(m_semaphoreFile, lockTimeout);
    if (!lock) {
        return lock.error();
    }
    const bool stillOurs = m_memory.isAttached() && segmentId() == m_id;
    if (!stillOurs || static_cast<qint64>(m_memory.bytes().size()) != bytes) {
        if (auto room = stillOurs ? checkRoom(bytes) : Result<void>(); !room) {
            return room.error();
        }
        destroy();
        if (auto cleared = clearName(); !cleared) {
            return cleared.error();
        }
        if (auto created = create(bytes); !created) {
            return created.error();
        }
        SystemVLock::allow(m_semaphoreFile, m_access); // the file may come from a dead sender's memory
    }
    m_lock = std::move(*lock);
    const std::span<std::byte> room = m_memory.bytes();
    // No protocol starts like this. The first bytes are written last, so if we are killed before that, nobody
    // mistakes half a picture for a whole one.
    std::fill_n(room.begin(), std::min<std::size_t>(room.size(), 16), std::byte{0xff});
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return room;
}

Result<void> SystemVWriter::publish()
{
    m_lock.reset();
    return {};
}

/// The key file is deleted with the segment, also by Qt peers, so it must be one that Qt could have created.
Result<void> SystemVWriter::checkKeyFile() const
{
    struct stat status = {};
    if (::lstat(QFile::encodeName(m_segmentFile).constData(), &status) != 0) {
        const int failed = errno;
        const QString folder = QFileInfo(m_segmentFile).path();
        if (failed == ENOENT && QFileInfo(folder).isDir()) {
            return {};
        }
        if (failed == ENAMETOOLONG) {
            return Error{ErrorCode::Usage,
                         Text::tr("The key %1 is longer than the system allows. Choose a shorter key.")
                             .arg(m_address.toString())};
        }
        return cannotShare(failed, m_address, folder);
    }
    if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || status.st_size != 0) {
        return Error{ErrorCode::NotPermitted,
                     Text::tr("The key file %1 would be deleted when sharing ends, but it is not an empty "
                              "file that belongs to you. Choose another key.")
                         .arg(m_segmentFile)};
    }
    return {};
}

/// Removes a segment whose creator is dead, whichever program that was: Qt programs leave theirs when they
/// are killed, and otherwise remove it as soon as nobody is attached. Refuses to touch a segment whose
/// creator is alive.
Result<void> SystemVWriter::clearName()
{
    const int id = segmentId();
    shmid_ds status = {};
    if (id == -1 || ::shmctl(id, IPC_STAT, &status) != 0) {
        return id == -1 || errno == EIDRM || errno == EINVAL
                   ? Result<void>()
                   : Error{ErrorCode::NotPermitted,
                           Text::tr("%1 belongs to another user. Choose another key.")
                               .arg(m_address.toString())};
    }
    if (status.shm_perm.uid != ::geteuid()) {
        return Error{ErrorCode::NotPermitted, Text::tr("%1 belongs to user %2, and Shmpix does not write to "
                                                       "another user's segment. Choose another key.")
                                                  .arg(m_address.toString(), userName(status.shm_perm.uid))};
    }
    // The number of a creator in another process namespace is 0, so we cannot tell whether it is alive. If it
    // is, it has the memory attached; otherwise Qt itself would have removed it.
    const bool isElsewhere = status.shm_cpid == 0;
    const bool mayLive = isElsewhere ? status.shm_nattch > 0
                                     : status.shm_cpid != ::getpid() &&
                                           ranAlready(status.shm_cpid, status.shm_ctime).value_or(true);
    if (mayLive) {
        return inUse(m_address, isElsewhere ? Text::tr("a program in another container or process namespace")
                                            : describeOwner(status.shm_cpid));
    }
    if (m_access == AccessRights()) { // no rights were requested: the user may have changed them
        m_access = rightsOf(status);
    }
    // Readers that are still attached keep the memory; the key becomes free at once.
    ::shmctl(id, IPC_RMID, nullptr);
    return {};
}

/// Whether the system has that much memory in addition to what we share; checked before we give that up.
/// Checked with mapped memory, which is of the same kind and, unlike a segment, is released if we are killed
/// here.
Result<void> SystemVWriter::checkRoom(qint64 bytes) const
{
    const auto size = static_cast<std::size_t>(bytes);
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return Error{ErrorCode::NoSpace,
                     Text::tr("There is not enough memory for the picture: %1 is not available in addition "
                              "to what is shared (%2). Close other programs, or share a smaller picture.")
                         .arg(bytesText(bytes), systemMessage(errno))};
    }
    ::munmap(memory, size);
    return {};
}

Result<void> SystemVWriter::create(qint64 bytes)
{
    const auto size = static_cast<std::size_t>(bytes);
    const auto failed = [this, bytes](int errorNumber) {
        return Error{codeFor(errorNumber),
                     Text::tr("A segment of %1 cannot be created under %2: %3. Close other programs, or "
                              "choose another key.")
                         .arg(bytesText(bytes), m_address.toString(), systemMessage(errorNumber))};
    };
    const auto key = madeSystemVKey(m_segmentFile);
    if (!key) {
        return key.error();
    }
    m_segmentFileId = idOf(m_segmentFile);
    const int asNew = IPC_CREAT | IPC_EXCL | static_cast<int>(m_access.bits());
    m_id = ::shmget(*key, size, asNew);
    if (m_id == -1 && errno == EEXIST) {
        // The key file was just created and reused the inode number, and thus the key, of a deleted file
        // whose segment remained. Or another program was faster.
        if (auto cleared = clearName(); !cleared) {
            return cleared.error();
        }
        m_id = ::shmget(*key, size, asNew);
    }
    if (m_id == -1) {
        return failed(errno);
    }
    if (const int errorNumber = m_access.group ? giveToGroup(m_id, *m_access.group) : 0; errorNumber != 0) {
        destroy();
        return failed(errorNumber);
    }
    m_memory = SystemVMemory(m_id, size);
    if (!m_memory.isAttached()) {
        const int errorNumber = errno;
        destroy();
        return failed(errorNumber);
    }
    return {};
}

/// Returns the rights of our memory, with or without its key. The user may have changed them.
AccessRights SystemVWriter::rights() const
{
    shmid_ds status = {};
    const bool isThere = m_memory.isAttached() && ::shmctl(m_id, IPC_STAT, &status) == 0;
    return isThere ? rightsOf(status) : m_access;
}

int SystemVWriter::segmentId() const
{
    const auto key = systemVKey(m_segmentFile);
    return key ? ::shmget(*key, 0, 0) : -1;
}

/// Readers that are still attached keep the memory.
void SystemVWriter::destroy()
{
    m_memory = SystemVMemory();
    if (shmid_ds status = {};
        m_id != -1 && ::shmctl(m_id, IPC_STAT, &status) == 0 && status.shm_cpid == ::getpid()) {
        ::shmctl(m_id, IPC_RMID, nullptr);
    }
    m_id = -1;
}

} // namespace shmpix
