#include "common/segment/posix/segmentpath.h"

#include "common/base/limiterror.h"
#include "common/segment/posix/processinfo.h"
#include "common/segment/segmenterrors.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SegmentPath)
};

std::optional<FileStatus> statusAt(int folder, const char* path, int flags)
{
#ifdef STATX_BTIME
    struct statx status = {};
    if (::statx(folder, path, flags, STATX_BASIC_STATS | STATX_BTIME, &status) != 0) {
        return std::nullopt;
    }
    const bool hasBirth = (status.stx_mask & STATX_BTIME) != 0;
    const qint64 born = hasBirth ? status.stx_btime.tv_sec * 1'000'000'000 + status.stx_btime.tv_nsec : 0;
    const quint64 device = quint64{status.stx_dev_major} << 32 | status.stx_dev_minor;
    return FileStatus{{device, status.stx_ino, born},
                      status.stx_mode,
                      status.stx_uid,
                      status.stx_gid,
                      static_cast<qint64>(status.stx_size),
                      status.stx_mtime.tv_sec * 1'000'000'000 + status.stx_mtime.tv_nsec};
#else
    struct stat status = {};
    if (::fstatat(folder, path, &status, flags) != 0) {
        return std::nullopt;
    }
    return FileStatus{
        {status.st_dev, status.st_ino, 0},      status.st_mode, status.st_uid, status.st_gid, status.st_size,
        qint64{status.st_mtime} * 1'000'000'000};
#endif
}

} // namespace

SegmentPath::SegmentPath(const SegmentAddress& address)
{
    const bool isFile = address.scheme() == SegmentAddress::Scheme::File;
    const QByteArray name = QFile::encodeName(isFile ? QFileInfo(address.name()).fileName() : address.name());
    folder = isFile ? QFile::encodeName(QFileInfo(address.name()).path()) : QByteArrayLiteral("/dev/shm");
    file = folder + '/' + name;
}

QString kindOfFile(mode_t mode)
{
    if (S_ISREG(mode)) {
        return Text::tr("a file");
    }
    if (S_ISDIR(mode)) {
        return Text::tr("a folder");
    }
    if (S_ISFIFO(mode)) {
        return Text::tr("a named pipe");
    }
    if (S_ISLNK(mode)) {
        return Text::tr("a symbolic link");
    }
    if (S_ISSOCK(mode)) {
        return Text::tr("a socket");
    }
    return Text::tr("a device");
}

std::optional<FileStatus> statusOf(int fd)
{
    return statusAt(fd, "", AT_EMPTY_PATH);
}

std::optional<FileStatus> statusOf(const QByteArray& path)
{
    return statusAt(AT_FDCWD, path.constData(), AT_SYMLINK_NOFOLLOW);
}

std::optional<FileStatus> statusOfTarget(const QByteArray& path)
{
    return statusAt(AT_FDCWD, path.constData(), 0);
}

Result<void> checkRegular(const FileStatus& status, const SegmentAddress& address)
{
    if (S_ISREG(status.mode)) {
        return {};
    }
    return Error{ErrorCode::NotPermitted,
                 Text::tr("%1 is %2, not a segment. Choose another key, or remove it.")
                     .arg(address.toString(), kindOfFile(status.mode))};
}

Error openError(int errorNumber, const SegmentAddress& address)
{
    const SegmentPath path(address);
    const auto status = statusOf(path.file);
    if (status) {
        if (auto regular = checkRegular(*status, address); !regular) {
            return regular.error();
        }
    }
    if (errorNumber == ENAMETOOLONG) {
        return {ErrorCode::Usage,
                Text::tr("The name %1 is longer than the system allows. Choose a shorter name.")
                    .arg(address.toString())};
    }
    if (errorNumber == ENOENT || errorNumber == ENOTDIR) {
        return nothingShared(address);
    }
    if (auto limit = limitError(errorNumber, Text::tr("%1 cannot be opened").arg(address.toString()))) {
        return *limit;
    }
    if ((errorNumber == EACCES || errorNumber == EPERM) && status) {
        return {ErrorCode::NotPermitted, Text::tr("%1 belongs to user %2, who does not let you read it (mode "
                                                  "%3). Ask that user to start the sender with --mode 0644 "
                                                  "or --group NAME, or choose another key.")
                                             .arg(address.toString(), userName(status->user))
                                             .arg(status->mode & 07777, 4, 8, QLatin1Char('0'))};
    }
    if (errorNumber == EACCES || errorNumber == EPERM) {
        return {ErrorCode::NotPermitted,
                Text::tr("You do not have permission to open files in %1. Choose another place.")
                    .arg(QFile::decodeName(path.folder))};
    }
    return {ErrorCode::System, Text::tr("%1 cannot be opened: %2. Choose another key.")
                                   .arg(address.toString(), systemMessage(errorNumber))};
}

} // namespace shmpix
