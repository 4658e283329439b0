#include "sender/picturefilecheck.h"

#include "common/base/limiterror.h"
#include "common/base/linux/filedescriptor.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(PictureFile)
};

/// The error for an errno value. The cause lies in the file or its folder, whatever else is going on.
Error notOpened(int errorNumber, const QString& path)
{
    if (auto limit = limitError(errorNumber, Text::tr("%1 was not opened").arg(path))) {
        return *limit;
    }
    switch (errorNumber) {
    case ENOENT:
    case ENOTDIR:
        return {ErrorCode::NotFound, Text::tr("The file %1 does not exist. Check its name.").arg(path)};
    case ENAMETOOLONG:
        return {ErrorCode::Usage,
                Text::tr("The name %1 is longer than the system allows. Check the name.").arg(path)};
    case EACCES:
    case EPERM:
        return {ErrorCode::NotPermitted,
                Text::tr("You do not have permission to read %1 or to open its folder. Ask its owner for "
                         "permission, or use a copy of your own.")
                    .arg(path)};
    default:
        return {ErrorCode::System, Text::tr("%1 was not opened: %2. Use a copy in another place.")
                                       .arg(path, systemMessage(errorNumber))};
    }
}

} // namespace

Result<qint64> checkPictureFile(const QString& path)
{
    // Check the type first, because opening a device may have side effects.
    const QByteArray name = QFile::encodeName(path);
    struct stat status = {};
    if (::stat(name.constData(), &status) != 0) {
        return notOpened(errno, path);
    }
    if (!S_ISREG(status.st_mode)) {
        return Error{ErrorCode::BadData, Text::tr("%1 is not a file. Open a picture file.").arg(path)};
    }
    const FileDescriptor fd(::open(name.constData(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd.isOpen()) {
        return notOpened(errno, path);
    }
    if (status.st_size == 0) {
        return Error{ErrorCode::BadData, Text::tr("%1 is empty. Open a picture file.").arg(path)};
    }
    return qint64{status.st_size};
}

} // namespace shmpix
