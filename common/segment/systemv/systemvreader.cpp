#include "common/segment/systemv/systemvreader.h"

#include "common/base/memorysource.h"
#include "common/segment/posix/processinfo.h"
#include "common/segment/segmenterrors.h"
#include "common/segment/systemv/systemvkey.h"
#include "common/segment/systemvnames.h"

#include <QCoreApplication>

#include <cerrno>
#include <cstdint>

#include <sys/shm.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SystemVReader)
};

Error cannotAttach(const SegmentAddress& address, int errorNumber)
{
    if (errorNumber == EACCES) {
        return {ErrorCode::NotPermitted, Text::tr("%1 belongs to another user, who does not let you read it. "
                                                  "Run this program as that user, or choose another key.")
                                             .arg(address.toString())};
    }
    return {ErrorCode::System, Text::tr("%1 cannot be attached: %2. Try again.")
                                   .arg(address.toString(), systemMessage(errorNumber))};
}

} // namespace

Result<std::unique_ptr<SystemVReader>> SystemVReader::open(const SegmentAddress& address,
                                                           const ReadOptions& options)
{
    const SystemVNames names(address);
    auto lock = options.withoutLock ? Result<SystemVLock>(SystemVLock())
                                    : SystemVLock::acquire(names.semaphoreFile, options.patience);
    if (!lock) {
        return lock.error().code == ErrorCode::NotPermitted ? cannotAttach(address, EACCES) : lock.error();
    }
    const auto key = systemVKey(names.segmentFile);
    if (!key) {
        return nothingShared(address);
    }
    const int id = ::shmget(*key, 0, 0);
    if (id == -1) {
        return errno == ENOENT ? nothingShared(address) : cannotAttach(address, errno);
    }
    shmid_ds status = {};
    void* memory = ::shmat(id, nullptr, SHM_RDONLY);
    if (reinterpret_cast<std::intptr_t>(memory) == -1) {
        return cannotAttach(address, errno);
    }
    if (::shmctl(id, IPC_STAT, &status) != 0) {
        const int failed = errno;
        ::shmdt(memory);
        return cannotAttach(address, failed);
    }
    return std::unique_ptr<SystemVReader>(
        new SystemVReader(std::move(*lock), {static_cast<const std::byte*>(memory), status.shm_segsz}));
}

SystemVReader::~SystemVReader()
{
    ::shmdt(m_bytes.data());
}

Result<void> SystemVReader::read(qint64 offset, std::span<std::byte> out)
{
    return MemorySource(m_bytes).read(offset, out);
}

} // namespace shmpix
