#include "common/segment/segmenterrors.h"

#include "common/base/limiterror.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <cerrno>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SegmentErrors)
};

} // namespace

Error nothingShared(const SegmentAddress& address)
{
    return {ErrorCode::NotFound,
            Text::tr("Nothing is shared under %1. Share a picture there first, or check the key.")
                .arg(address.toString())};
}

Error inUse(const SegmentAddress& address, const QString& program)
{
    return {
        ErrorCode::InUse,
        Text::tr(
            "%1 is in use: %2 shares a picture there. Stop sharing in that program, or choose another key.")
            .arg(address.toString(), program.isEmpty() ? Text::tr("another program") : program)};
}

Error cannotShare(int errorNumber, const SegmentAddress& address, const QString& folder)
{
    const QString failure = Text::tr("%1 cannot be shared").arg(address.toString());
    if (auto limit = limitError(errorNumber, failure)) {
        return *limit;
    }
    // A file system in which no files can be created, such as /proc, reports ENOENT.
    switch (errorNumber == ENOENT && QFileInfo(folder).isDir() ? EACCES : errorNumber) {
    case ENOENT:
        return {ErrorCode::NotFound,
                Text::tr("%1: the folder %2 does not exist. Create it first, or choose another place.")
                    .arg(failure, folder)};
    case ENOTDIR:
        return {ErrorCode::NotFound,
                Text::tr("%1: %2 is not a folder. Choose another place.").arg(failure, folder)};
    case EACCES:
    case EPERM:
        return {ErrorCode::NotPermitted,
                Text::tr("%1: you do not have permission to create files in %2. Choose another place.")
                    .arg(failure, folder)};
    case EROFS:
        return {ErrorCode::NotPermitted,
                Text::tr("%1: %2 is on a read-only file system. Choose another place.").arg(failure, folder)};
    case ENOSPC:
    case EDQUOT:
        return {ErrorCode::NoSpace,
                Text::tr("%1: there is no space left in %2. Free some space there, or choose another place.")
                    .arg(failure, folder)};
    default:
        return {ErrorCode::System, Text::tr("%1: no file can be created in %2 (%3). Choose another place.")
                                       .arg(failure, folder, systemMessage(errorNumber))};
    }
}

Error cannotLock(int errorNumber, const SegmentAddress& address, const QString& folder)
{
    return {ErrorCode::System,
            Text::tr("%1 cannot be shared: files in %2 cannot be locked (%3). Choose another place.")
                .arg(address.toString(), folder, systemMessage(errorNumber))};
}

} // namespace shmpix
