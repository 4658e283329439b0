#include "receiver/savefile.h"

#include "common/base/writeall.h"
#include "receiver/linux/keptrights.h"
#include "receiver/linux/saveerrors.h"

#include <QDeadlineTimer>
#include <QRandomGenerator>

#include <cerrno>
#include <cstdio>
#include <thread>

#include <fcntl.h>

namespace shmpix {

namespace {

using namespace std::chrono_literals;

constexpr auto lookAgain = 20ms;    ///< a pipe does not announce its reader
constexpr auto stallPatience = 30s; ///< for a reader that takes nothing

/// A new file beside the one that it replaces, with another name until it is complete. Removed with this
/// object unless it has taken the name.
class NewFile
{
public:
    NewFile(const SaveTarget& target, const AccessRights& access)
        : m_target(target)
        , m_access(access)
    {
        do {
            m_name = ".shmpix-saving-" + QByteArray::number(QRandomGenerator::global()->generate64(), 16);
            m_fd =
                FileDescriptor(::openat(target.folder.get(), m_name.constData(),
                                        O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, firstMode()));
        } while (!m_fd.isOpen() && errno == EEXIST);
        m_hasName = m_fd.isOpen();
    }
    ~NewFile()
    {
        if (m_hasName) {
            ::unlinkat(m_target.folder.get(), m_name.constData(), 0);
        }
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    [[nodiscard]] int fd() const { return m_fd.get(); }

    /// Sets the requested rights, or else those of the old file.
    [[nodiscard]] bool takeRights() const
    {
        if (m_target.status) {
            keepRights(m_target, fd());
        }
        return m_access == AccessRights() || giveRights(fd(), m_access);
    }
    [[nodiscard]] bool takeName()
    {
        const bool done = (::fsync(fd()) == 0 || errno == EINVAL || errno == ENOSYS) &&
                          ::renameat(m_target.folder.get(), m_name.constData(), m_target.folder.get(),
                                     m_target.name.constData()) == 0;
        m_hasName = !done;
        return done;
    }

private:
    /// Nobody can open the file with more rights than it will finally have.
    [[nodiscard]] mode_t firstMode() const
    {
        return m_target.status || !(m_access == AccessRights()) ? 0600 : 0666;
    }

    const SaveTarget& m_target;
    const AccessRights& m_access;
    QByteArray m_name;
    FileDescriptor m_fd;
    bool m_hasName = false;
};

Result<void> replaceFile(const SaveTarget& target, std::span<const std::byte> bytes, const QString& path,
                         const AccessRights& access)
{
    if (target.status && ::faccessat(target.folder.get(), target.name.constData(), W_OK, AT_EACCESS) != 0 &&
        errno != EROFS) {
        return protectedFile(path, target.status->st_uid);
    }
    NewFile file(target, access);
    if (file.fd() == -1) {
        // The folder exists, but file systems that create no files, such as /proc, report ENOENT.
        return saveError(errno == ENOENT ? EACCES : errno, path, target.folderPath);
    }
    if (const int failed = writeAll(file.fd(), bytes); failed != 0) {
        return saveError(failed, path, target.folderPath);
    }
    if (!file.takeRights()) {
        return rightsNotGiven(errno, path);
    }
    if (!file.takeName()) {
        return target.status && (errno == EPERM || errno == EACCES)
                   ? irreplaceableFile(path, target.status->st_uid)
                   : saveError(errno, path, target.folderPath);
    }
    return {};
}

/// Links are followed only to a file that is already open, because it has no other name.
FileDescriptor openForWriting(const SaveTarget& target, const TimeLimit& limit)
{
    if (isStandardOutput(target)) {
        return FileDescriptor(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)); // keeps the current position
    }
    const int flags =
        O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (target.isOpenFile ? O_TRUNC : O_NOFOLLOW);
    FileDescriptor fd(::openat(target.folder.get(), target.name.constData(), flags));
    while (!fd.isOpen() && errno == ENXIO && S_ISFIFO(target.status->st_mode) && !limit.isOver()) {
        std::this_thread::sleep_for(lookAgain);
        fd = FileDescriptor(::openat(target.folder.get(), target.name.constData(), flags));
    }
    return fd;
}

Result<void> writeInto(const SaveTarget& target, std::span<const std::byte> bytes, const QString& path,
                       const SaveOptions& options)
{
    const mode_t mode = target.status->st_mode;
    if (S_ISBLK(mode) || (S_ISSOCK(mode) && !isStandardOutput(target))) {
        return noPlaceForAPicture(path, mode);
    }
    const FileDescriptor fd =
        openForWriting(target, {QDeadlineTimer(options.limit.leftOf(options.patience)), options.limit.stop});
    if (!fd.isOpen()) {
        if (errno == EACCES || errno == EPERM) {
            return protectedFile(path, target.status->st_uid);
        }
        return errno == ENXIO && S_ISFIFO(mode) ? nobodyReads(path)
                                                : saveError(errno, path, target.folderPath);
    }
    struct stat opened = {};
    if (::fstat(fd.get(), &opened) != 0 || opened.st_dev != target.status->st_dev ||
        opened.st_ino != target.status->st_ino) {
        return saveError(ESTALE, path, target.folderPath); // somebody has put another file there
    }
    // Standard output may be a pager, which may take all the time that it likes.
    const int failed = isStandardOutput(target) ? writeAll(fd.get(), bytes, options.limit)
                                                : writeAll(fd.get(), bytes, options.limit, stallPatience);
    return failed == 0 ? Result<void>() : saveError(failed, path, target.folderPath);
}

} // namespace

Result<void> saveFile(const QString& path, std::span<const std::byte> bytes, const SaveOptions& options)
{
    auto target = findSaveTarget(path);
    if (!target) {
        return target.error();
    }
    const bool isFile = !target->isOpenFile && (!target->status || S_ISREG(target->status->st_mode));
    return isFile ? replaceFile(*target, bytes, path, options.access)
                  : writeInto(*target, bytes, path, options);
}

bool isStandardOutput(const QString& path)
{
    const auto target = findSaveTarget(path);
    return target && isStandardOutput(*target);
}

} // namespace shmpix
