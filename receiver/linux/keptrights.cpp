#include "receiver/linux/keptrights.h"

#include <cerrno>
#include <optional>

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace shmpix {

namespace {

constexpr const char* accessList = "system.posix_acl_access";
constexpr qsizetype largestList = 65536; // the kernel's limit

/// Returns nothing if the list exists but cannot be read, and an empty list if there is none.
std::optional<QByteArray> listOf(const SaveTarget& target)
{
    const QByteArray path = "/proc/self/fd/" + QByteArray::number(target.folder.get()) + '/' +
                            target.name; // this path needs no access rights to the file
    QByteArray list(largestList, '\0');
    const auto size = ::lgetxattr(path.constData(), accessList, list.data(), std::size_t(list.size()));
    if (size >= 0) {
        list.truncate(qsizetype(size));
        return list;
    }
    return errno == ENODATA || errno == ENOTSUP ? std::optional(QByteArray()) : std::nullopt;
}

/// Gives the new file the access list of the old one, if any. Returns whether that succeeded.
bool keepList(const SaveTarget& old, int fd)
{
    const auto list = listOf(old);
    return list && (list->isEmpty() ||
                    ::fsetxattr(fd, accessList, list->constData(), std::size_t(list->size()), 0) == 0);
}

} // namespace

void keepRights(const SaveTarget& old, int fd)
{
    const struct stat& before = *old.status;
    mode_t mode = before.st_mode & 0777;
    const bool hasGroup =
        ::fchown(fd, before.st_uid, before.st_gid) == 0 || ::fchown(fd, uid_t(-1), before.st_gid) == 0;
    // With an access list, the group bits of the mode limit the rights of everybody on the list.
    if (!hasGroup || !keepList(old, fd)) {
        mode &= ~mode_t(S_IRWXG);
    }
    static_cast<void>(::fchmod(fd, mode));
}

} // namespace shmpix
