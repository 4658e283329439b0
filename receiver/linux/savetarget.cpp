#include "receiver/linux/savetarget.h"

#include "receiver/linux/saveerrors.h"

#include <QDir>
#include <QFile>

#include <array>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

namespace shmpix {

namespace {

constexpr int mostLinks = 40; // the kernel's limit

/// Removes the first name from a path and returns it.
QByteArray takeName(QByteArray& path)
{
    qsizetype begin = 0;
    while (begin < path.size() && path[begin] == '/') {
        ++begin;
    }
    qsizetype end = path.indexOf('/', begin);
    if (end < 0) {
        end = path.size();
    }
    QByteArray name = path.mid(begin, end - begin);
    path.remove(0, end);
    return name;
}

constexpr int asFolder = O_PATH | O_DIRECTORY | O_CLOEXEC; // needs no right to list the folder

bool isProc(int folder)
{
    struct statfs status = {};
    return ::fstatfs(folder, &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

/// Whether an open folder has been removed, so that nothing can be created in it.
bool isRemoved(int folder)
{
    struct stat status = {};
    return ::fstat(folder, &status) == 0 && status.st_nlink == 0;
}

/// Walks along a path, folder by folder. Each folder is opened relative to the one before, so that the folder
/// that was checked is the one that is used.
class Walk
{
public:
    explicit Walk(const QString& path)
        : m_path(path)
        , m_rest(QFile::encodeName(path))
    {
    }

    [[nodiscard]] Result<SaveTarget> toTheEnd()
    {
        if (m_rest.startsWith('/')) {
            begin("/", "/");
        } else { // the current folder need not be where its path leads, if the path still exists
            begin(".", QFile::encodeName(QDir::currentPath()));
        }
        while (m_folder.isOpen()) {
            const QByteArray name = takeName(m_rest);
            if (name.isEmpty()) {
                errno = EISDIR; // the path ends with a folder
                break;
            }
            if (auto target = step(name)) {
                return std::move(*target);
            }
        }
        return saveError(errno, m_path, folderPath());
    }

private:
    void begin(const char* folder, const QByteArray& path)
    {
        m_folder = FileDescriptor(::open(folder, asFolder));
        m_folderPath = path;
    }

    [[nodiscard]] QString folderPath() const { return QDir::cleanPath(QFile::decodeName(m_folderPath)); }

    void stop(int errorNumber)
    {
        m_folder = FileDescriptor();
        errno = errorNumber;
    }

    [[nodiscard]] SaveTarget target(const QByteArray& name, const std::optional<struct stat>& status)
    {
        return {std::move(m_folder), folderPath(), name, status, false};
    }

    /// Enters a folder or follows a link; returns the target if this is the last name. If no folder is open
    /// afterwards, the step has failed, and errno has the reason.
    [[nodiscard]] std::optional<Result<SaveTarget>> step(const QByteArray& name)
    {
        const bool isLast = m_rest.isEmpty();
        struct stat status = {};
        if (::fstatat(m_folder.get(), name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT && isRemoved(m_folder.get())) {
                return Result<SaveTarget>(removedFolder(m_path));
            }
            if (errno == ENOENT && isLast) {
                return target(name, std::nullopt);
            }
            if (errno == ENOENT) {
                m_folderPath += '/' + name; // this is the missing folder
            }
            stop(errno);
            return std::nullopt;
        }
        if (S_ISLNK(status.st_mode)) {
            return follow(name, status);
        }
        if (S_ISDIR(status.st_mode)) {
            enter(name, O_NOFOLLOW);
            return std::nullopt;
        }
        if (!isLast) {
            m_folderPath += '/' + name;
            stop(ENOTDIR);
            return std::nullopt;
        }
        return target(name, status);
    }

    void enter(const QByteArray& name, int noFollow)
    {
        m_folder = FileDescriptor(::openat(m_folder.get(), name.constData(), asFolder | noFollow));
        m_folderPath += '/' + name;
    }

    [[nodiscard]] std::optional<Result<SaveTarget>> follow(const QByteArray& name, const struct stat& link)
    {
        if (isProc(m_folder.get())) {
            return followByKernel(name);
        }
        struct stat folder = {};
        const bool isKnown = ::fstat(m_folder.get(), &folder) == 0;
        const bool isEverybodys = (folder.st_mode & S_ISVTX) != 0 && (folder.st_mode & S_IWOTH) != 0;
        if (!isKnown || (isEverybodys && link.st_uid != ::geteuid() && link.st_uid != folder.st_uid)) {
            return Result<SaveTarget>(strangersLink(
                m_path, folderPath() + QLatin1Char('/') + QFile::decodeName(name), link.st_uid));
        }
        std::array<char, PATH_MAX> text = {};
        const auto size = ::readlinkat(m_folder.get(), name.constData(), text.data(), text.size());
        if (size <= 0 || ++m_links > mostLinks) {
            stop(size < 0 ? errno : ELOOP);
            return std::nullopt;
        }
        m_rest.prepend(QByteArray(text.data(), qsizetype(size)));
        if (m_rest.startsWith('/')) {
            begin("/", "/");
        }
        return std::nullopt;
    }

    /// The text of a link under /proc may not be a path, or may belong to another root folder or other mounts
    /// than ours. Only opening the link leads to its target.
    [[nodiscard]] std::optional<Result<SaveTarget>> followByKernel(const QByteArray& name)
    {
        struct stat status = {};
        if (::fstatat(m_folder.get(), name.constData(), &status, 0) != 0) {
            stop(errno);
            return std::nullopt;
        }
        if (S_ISDIR(status.st_mode)) {
            enter(name, 0);
            return std::nullopt;
        }
        if (!m_rest.isEmpty()) {
            m_folderPath += '/' + name;
            stop(ENOTDIR);
            return std::nullopt;
        }
        SaveTarget found = target(name, status);
        found.isOpenFile = true;
        return found;
    }

    QString m_path;
    QByteArray m_rest; ///< the rest of the path
    FileDescriptor m_folder;
    QByteArray m_folderPath;
    int m_links = 0;
};

} // namespace

Result<SaveTarget> findSaveTarget(const QString& path)
{
    return Walk(path).toTheEnd();
}

bool isStandardOutput(const SaveTarget& target)
{
    struct stat output = {};
    return target.isOpenFile && target.status && ::fstat(STDOUT_FILENO, &output) == 0 &&
           output.st_dev == target.status->st_dev && output.st_ino == target.status->st_ino;
}

} // namespace shmpix
