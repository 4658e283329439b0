#include "common/segment/posix/fileroom.h"

#include "common/base/limiterror.h"
#include "common/base/quantitytext.h"
#include "common/segment/segmenterrors.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FileRoom)
};

/// Returns 0 or an errno value. Extends the file if it is too short.
int allocate(int fd, qint64 from, qint64 bytes)
{
    int failed = 0;
    do {
        failed = ::posix_fallocate(fd, from, bytes);
    } while (failed == EINTR);
    return failed;
}

/// The same without making the file longer.
int allocateWithin(int fd, qint64 from, qint64 bytes)
{
#ifdef FALLOC_FL_KEEP_SIZE
    int failed = 0;
    do {
        failed = ::fallocate(fd, FALLOC_FL_KEEP_SIZE, from, bytes) == 0 ? 0 : errno;
    } while (failed == EINTR);
    if (failed != EOPNOTSUPP) { // otherwise the C library writes into each block
        return failed;
    }
#endif
    const auto status = statusOf(fd);
    return status && status->bytes < from + bytes ? 0 : allocate(fd, from, bytes);
}

} // namespace

FileRoom::FileRoom(const SegmentAddress& address)
    : m_address(address)
    , m_folder(SegmentPath(address).folder)
{
}

Result<void> FileRoom::fill(int fd, qint64 bytes) const
{
    if (auto allowed = checkLimit(bytes); !allowed) {
        return allowed;
    }
    int failed = allocate(fd, 0, bytes);
    if (failed == 0 && ::ftruncate(fd, bytes) != 0) {
        failed = errno;
    }
    return failed == 0 ? Result<void>() : notMade(failed, bytes);
}

Result<void> FileRoom::extend(int fd, qint64 bytes) const
{
    if (auto allowed = checkLimit(bytes); !allowed) {
        return allowed;
    }
    return ::ftruncate(fd, bytes) == 0 ? Result<void>() : notMade(errno, bytes);
}

Result<void> FileRoom::reserve(int fd, qint64 from, qint64 bytes) const
{
    const int failed = allocateWithin(fd, from, bytes);
    return failed == 0 ? Result<void>() : notMade(failed, bytes);
}

/// The attempt would raise SIGXFSZ, which kills a process that does not ignore it.
Result<void> FileRoom::checkLimit(qint64 bytes) const
{
    rlimit limit = {};
    const bool isLimited = ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && quint64(bytes) > limit.rlim_cur;
    return isLimited ? notMade(EFBIG, bytes) : Result<void>();
}

Error FileRoom::notMade(int errorNumber, qint64 bytes) const
{
    if (errorNumber == ENOSPC) {
        return noSpace(bytes);
    }
    const QString failure = Text::tr("A segment of %1 cannot be created").arg(bytesText(bytes));
    return limitError(errorNumber, failure, bytes)
        .value_or(cannotShare(errorNumber, m_address, QFile::decodeName(m_folder)));
}

Error FileRoom::noSpace(qint64 bytes) const
{
    struct statvfs status = {};
    const bool known = ::statvfs(m_folder.constData(), &status) == 0;
    const QString room =
        known ? bytesText(static_cast<qint64>(status.f_bavail) * static_cast<qint64>(status.f_frsize))
              : Text::tr("too little");
    return {ErrorCode::NoSpace,
            Text::tr("There is not enough space for the picture: it needs %1, and %2 has %3 left. Free some "
                     "space there, or make it larger (in a container: --shm-size).")
                .arg(bytesText(bytes), QFile::decodeName(m_folder), room)};
}

} // namespace shmpix
