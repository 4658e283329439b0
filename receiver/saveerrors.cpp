#include "receiver/saveerrors.h"

#include "common/base/limiterror.h"
#include "common/segment/processinfo.h"

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
        return {ErrorCode::NotFound,
                Text::tr("%1 was not saved: there is no folder %2. Make it first.").arg(path, folder)};
    case ENOTDIR:
        return {ErrorCode::NotFound,
                Text::tr("%1 was not saved: %2 is not a folder. Choose another place.").arg(path, folder)};
    case EISDIR:
        return {ErrorCode::NotPermitted,
                Text::tr("%1 was not saved: that is a folder. Add the name of a file.").arg(path)};
    case EACCES:
    case EPERM:
        return {ErrorCode::NotPermitted,
                Text::tr("%1 was not saved: you may not make files in %2. Choose another place.")
                    .arg(path, folder)};
    case EROFS:
        return {ErrorCode::NotPermitted,
                Text::tr("%1 was not saved: the file system of %2 is read-only. Choose another place.")
                    .arg(path, folder)};
    case ENAMETOOLONG:
        return {ErrorCode::Usage,
                Text::tr("%1 was not saved: the name is longer than the system takes. Choose a shorter one.")
                    .arg(path)};
    case ELOOP:
        return {ErrorCode::NotFound,
                Text::tr("%1 was not saved: symbolic links there lead in a circle. Choose another place.")
                    .arg(path)};
    case ENOSPC:
        return {ErrorCode::NoSpace,
                Text::tr("%1 was not saved: there is no room left. Make room there, or choose another place.")
                    .arg(path)};
    case EDQUOT:
        return {ErrorCode::NoSpace,
                Text::tr("%1 was not saved: you may not use more room there (disk quota). Remove "
                         "what you do not need, or choose another place.")
                    .arg(path)};
    case EPIPE:
        return {
            ErrorCode::NoSpace,
            Text::tr("%1 was not saved: the program that reads it ended before it had read everything. Start "
                     "that program again, then save again.")
                .arg(path)};
    case ETIMEDOUT:
        return {ErrorCode::TimedOut,
                Text::tr("%1 was not saved: the program that reads it has stopped reading. Let "
                         "it go on, or end it. Then save again.")
                    .arg(path)};
    default:
        return {
            ErrorCode::System,
            Text::tr("%1 was not saved: %2. Choose another place.").arg(path, systemMessage(errorNumber))};
    }
}

Error protectedFile(const QString& path, uid_t owner)
{
    return {ErrorCode::NotPermitted,
            Text::tr("%1 was not saved: you may not write to that file of user %2. Choose another name.")
                .arg(path, userName(owner))};
}

Error irreplaceableFile(const QString& path, uid_t owner)
{
    return {ErrorCode::NotPermitted,
            Text::tr("%1 was not saved: you may not replace that file of user %2. Choose another name.")
                .arg(path, userName(owner))};
}

Error rightsNotGiven(int errorNumber, const QString& path)
{
    return {ErrorCode::NotPermitted,
            Text::tr("%1 was not saved: the file cannot have the mode or the group that you asked for (%2). "
                     "Leave --mode and --group out, or choose another place.")
                .arg(path, systemMessage(errorNumber))};
}

Error removedFolder(const QString& path)
{
    return {ErrorCode::NotFound,
            Text::tr("%1 was not saved: the folder that it was to be put into was removed. Choose another "
                     "place.")
                .arg(path)};
}

Error strangersLink(const QString& path, const QString& link, uid_t owner)
{
    return {
        ErrorCode::NotPermitted,
        Text::tr(
            "%1 was not saved: %2 is a symbolic link that user %3 has put into a folder in which everybody "
            "may do that, and it may lead anywhere. Choose another place.")
            .arg(path, link, userName(owner))};
}

Error noPlaceForAPicture(const QString& path, mode_t mode)
{
    return {ErrorCode::NotPermitted,
            S_ISSOCK(mode)
                ? Text::tr("%1 was not saved: that is a socket, which takes no files. Choose another place.")
                      .arg(path)
                : Text::tr(
                      "%1 was not saved: that is a disk, and all that is on it would be lost. Choose a file.")
                      .arg(path)};
}

Error nobodyReads(const QString& path)
{
    return {
        ErrorCode::TimedOut,
        Text::tr(
            "%1 was not saved: that is a pipe, and nobody reads it. Start the program that reads it first.")
            .arg(path)};
}

} // namespace shmpix
