#include "receiver/linux/saveerrors.h"

#include "common/base/limiterror.h"
#include "common/segment/posix/processinfo.h"

#include <QCoreApplication>

#include <cerrno>

#include <sys/stat.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SaveErrors)
};

} // namespace

Error saveError(int errorNumber, const QString& path, const QString& folder)
{
    if (auto limit = limitError(errorNumber, Text::tr("%1 was not saved").arg(path))) {
        return *limit;
    }
    switch (errorNumber) {
    case ENOENT:
        return {
            ErrorCode::NotFound,
            Text::tr("%1 was not saved: the folder %2 does not exist. Create it first.").arg(path, folder)};
    case ENOTDIR:
        return {ErrorCode::NotFound,
                Text::tr("%1 was not saved: %2 is not a folder. Choose another place.").arg(path, folder)};
    case EISDIR:
        return {ErrorCode::NotPermitted,
                Text::tr("%1 was not saved: it is a folder. Add the name of a file.").arg(path)};
    case EACCES:
    case EPERM:
        return {
            ErrorCode::NotPermitted,
            Text::tr(
                "%1 was not saved: you do not have permission to create files in %2. Choose another place.")
                .arg(path, folder)};
    case EROFS:
        return {ErrorCode::NotPermitted,
                Text::tr("%1 was not saved: %2 is on a read-only file system. Choose another place.")
                    .arg(path, folder)};
    case ENAMETOOLONG:
        return {
            ErrorCode::Usage,
            Text::tr("%1 was not saved: the name is longer than the system allows. Choose a shorter name.")
                .arg(path)};
    case ELOOP:
        return {ErrorCode::NotFound,
                Text::tr("%1 was not saved: symbolic links in its path form a loop. Choose another place.")
                    .arg(path)};
    case ENOSPC:
        return {
            ErrorCode::NoSpace,
            Text::tr(
                "%1 was not saved: there is no space left. Free some space there, or choose another place.")
                .arg(path)};
    case EDQUOT:
        return {ErrorCode::NoSpace, Text::tr("%1 was not saved: your disk quota is exhausted. Free some "
                                             "space there, or choose another place.")
                                        .arg(path)};
    case EPIPE:
        return {ErrorCode::NoSpace, Text::tr("%1 was not saved: the program that reads it ended before it "
                                             "had read everything. Restart that program, then save again.")
                                        .arg(path)};
    case ETIMEDOUT:
        return {ErrorCode::TimedOut, Text::tr("%1 was not saved: the program that reads it has stopped "
                                              "reading. Let it continue or quit it, then save again.")
                                         .arg(path)};
    default:
        return {
            ErrorCode::System,
            Text::tr("%1 was not saved: %2. Choose another place.").arg(path, systemMessage(errorNumber))};
    }
}

Error protectedFile(const QString& path, uid_t owner)
{
    return {ErrorCode::NotPermitted, Text::tr("%1 was not saved: you do not have permission to write to this "
                                              "file of user %2. Choose another name.")
                                         .arg(path, userName(owner))};
}

Error irreplaceableFile(const QString& path, uid_t owner)
{
    return {ErrorCode::NotPermitted, Text::tr("%1 was not saved: you do not have permission to replace this "
                                              "file of user %2. Choose another name.")
                                         .arg(path, userName(owner))};
}

Error rightsNotGiven(int errorNumber, const QString& path)
{
    return {ErrorCode::NotPermitted, Text::tr("%1 was not saved: the mode or the group could not be set "
                                              "(%2). Leave out --mode and --group, or choose another place.")
                                         .arg(path, systemMessage(errorNumber))};
}

Error removedFolder(const QString& path)
{
    return {ErrorCode::NotFound,
            Text::tr("%1 was not saved: its folder has been removed. Choose another place.").arg(path)};
}

Error strangersLink(const QString& path, const QString& link, uid_t owner)
{
    return {ErrorCode::NotPermitted,
            Text::tr("%1 was not saved: user %3 created the symbolic link %2 in a world-writable folder, and "
                     "such a link may lead anywhere. Choose another place.")
                .arg(path, link, userName(owner))};
}

Error noPlaceForAPicture(const QString& path, mode_t mode)
{
    return {
        ErrorCode::NotPermitted,
        S_ISSOCK(mode)
            ? Text::tr("%1 was not saved: it is a socket, which cannot hold a file. Choose another place.")
                  .arg(path)
            : Text::tr("%1 was not saved: it is a disk, and everything on it would be lost. Choose a file.")
                  .arg(path)};
}

Error nobodyReads(const QString& path)
{
    return {
        ErrorCode::TimedOut,
        Text::tr(
            "%1 was not saved: it is a pipe that no program reads. Start the program that reads it first.")
            .arg(path)};
}

} // namespace shmpix
