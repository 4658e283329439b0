#include "common/segment/systemvwriter.h"

#include "common/base/quantitytext.h"
#include "common/segment/processinfo.h"
#include "common/segment/segmenterrors.h"
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

} // namespace

SystemVWriter::SystemVWriter(const SegmentAddress& address)
    : m_address(address)
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
    // A peer that never gives the lock back must not keep us from ending: then it keeps the lock, and no
    // more.
    auto lock = SystemVLock::acquire(m_semaphoreFile, lockTimeout);
    const bool named = m_id != -1 && segmentId() == m_id;
    destroy();
    // Also a lock that a killed sender left, which Qt would leave for ever.
    const bool lockRemoved = lock.has_value() && lock->remove();
    if (lockRemoved && m_semaphoreFile != m_segmentFile) {
        QFile::remove(m_semaphoreFile);
    }
    if (m_madeLock && lock.has_value()) {
        SystemVLock::removeMade(*m_madeLock);
    }
    if ((named || lockRemoved) && segmentId() == -1) { // nobody else's memory has the key
        QFile::remove(m_segmentFile);
    }
}

Replacement SystemVWriter::replacement() const
{
    return m_address.scheme() == SegmentAddress::Scheme::Qt ? Replacement::WholeIfLocked
                                                            : Replacement::MayMix;
}

Result<std::span<std::byte>> SystemVWriter::reserve(qint64 bytes)
{
    m_lock.reset(); // of a reserve() that nobody published
    if (auto checked = checkKeyFile(); !checked) {
        return checked.error();
    }
    // Each time: a peer that had made it may have gone and taken it along, or somebody deleted the key file.
    if (const auto made = SystemVLock::make(m_semaphoreFile)) {
        if (const auto old = std::exchange(m_madeLock, made)) {
            SystemVLock::removeMade(*old);
        }
    }
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
    }
    m_lock = std::move(*lock);
    const std::span<std::byte> room = m_memory.bytes();
    // No protocol begins so: if we are killed before the first bytes are written, which come last, nobody
    // takes half a picture for a whole one.
    std::fill_n(room.begin(), std::min<std::size_t>(room.size(), 16), std::byte{0xff});
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return room;
}

Result<void> SystemVWriter::publish()
{
    m_lock.reset();
    return {};
}

/// The key file is deleted with the segment, by Qt peers too: it must be one that Qt could have made.
Result<void> SystemVWriter::checkKeyFile() const
{
    struct stat status = {};
    if (::lstat(QFile::encodeName(m_segmentFile).constData(), &status) != 0) {
        if (errno == ENOENT && QFileInfo(QFileInfo(m_segmentFile).path()).isDir()) {
            return {};
        }
        if (errno == ENAMETOOLONG) {
            return Error{ErrorCode::Usage,
                         Text::tr("The key %1 is longer than the system takes. Choose a shorter one.")
                             .arg(m_address.toString())};
        }
        return Error{ErrorCode::NotFound,
                     Text::tr("The key file %1 cannot be made: its folder does not exist or is not "
                              "yours to use. Choose another place.")
                         .arg(m_segmentFile)};
    }
    if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || status.st_size != 0) {
        return Error{
            ErrorCode::NotPermitted,
            Text::tr("The key file %1 is not an empty file of yours, and would be deleted when sharing ends. "
                     "Choose another key.")
                .arg(m_segmentFile)};
    }
    return {};
}

/// Removes a segment whose maker is dead, whoever that was: Qt programs leave theirs when they are killed,
/// and remove it themselves as soon as nobody is attached. Refuses to touch one whose maker lives.
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
        return Error{ErrorCode::NotPermitted,
                     Text::tr("%1 belongs to user %2: Shmpix does not write there. Choose another key.")
                         .arg(m_address.toString(), userName(status.shm_perm.uid))};
    }
    if (status.shm_cpid != ::getpid() && ranAlready(status.shm_cpid, status.shm_ctime)) {
        return inUse(m_address, describeOwner(status.shm_cpid));
    }
    // Readers that are still attached keep the memory; the key is free at once.
    ::shmctl(id, IPC_RMID, nullptr);
    return {};
}

/// Whether the system has so much memory besides what we share: asked before that is given up. Asked of
/// mapped memory, which is of the same kind and, unlike a segment, gone with us should we be killed here.
Result<void> SystemVWriter::checkRoom(qint64 bytes) const
{
    const auto size = static_cast<std::size_t>(bytes);
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return Error{
            ErrorCode::NoSpace,
            Text::tr(
                "There is no room for the picture: %1 cannot be had besides what is shared (%2). End what is "
                "not needed, or share a smaller picture.")
                .arg(bytesText(bytes), systemMessage(errno))};
    }
    ::munmap(memory, size);
    return {};
}

Result<void> SystemVWriter::create(qint64 bytes)
{
    const auto size = static_cast<std::size_t>(bytes);
    const auto failed = [this, bytes](int errorNumber) {
        return Error{
            codeFor(errorNumber),
            Text::tr(
                "A segment of %1 cannot be made under %2: %3. End what is not needed, or choose another key.")
                .arg(bytesText(bytes), m_address.toString(), systemMessage(errorNumber))};
    };
    const auto key = madeSystemVKey(m_segmentFile);
    if (!key) {
        return key.error();
    }
    constexpr int asNew = IPC_CREAT | IPC_EXCL | 0600;
    m_id = ::shmget(*key, size, asNew);
    if (m_id == -1 && errno == EEXIST) {
        // The key file was made just now, and it got the number of one that was deleted while its segment
        // stayed: the number is the key. Or somebody else was quicker than we.
        if (auto cleared = clearName(); !cleared) {
            return cleared.error();
        }
        m_id = ::shmget(*key, size, asNew);
    }
    if (m_id == -1) {
        return failed(errno);
    }
    m_memory = SystemVMemory(m_id, size);
    if (!m_memory.isAttached()) {
        const int errorNumber = errno;
        destroy();
        return failed(errorNumber);
    }
    return {};
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
