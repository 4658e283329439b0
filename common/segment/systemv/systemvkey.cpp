#include "common/segment/systemv/systemvkey.h"

#include "common/base/limiterror.h"
#include "common/base/linux/filedescriptor.h"
#include "common/segment/posix/processinfo.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>

#include <fcntl.h>

namespace shmpix {

Result<key_t> systemVKey(const QString& file)
{
    const key_t key = ::ftok(QFile::encodeName(file).constData(), 'Q');
    if (key == -1) {
        return Error{ErrorCode::NotFound,
                     QCoreApplication::translate("SystemV", "The key file %1 does not exist.").arg(file)};
    }
    return key;
}

Result<key_t> madeSystemVKey(const QString& file)
{
    const FileDescriptor made(::open(QFile::encodeName(file).constData(),
                                     O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640));
    if (!made.isOpen()) {
        const int failed = errno;
        const QString failure =
            QCoreApplication::translate("SystemV", "The key file %1 cannot be created").arg(file);
        if (auto limit = limitError(failed, failure)) {
            return *limit;
        }
        return Error{failed == EACCES || failed == EPERM || failed == EROFS ? ErrorCode::NotPermitted
                                                                            : ErrorCode::System,
                     QCoreApplication::translate("SystemV", "%1: %2. Choose another place.")
                         .arg(failure, systemMessage(failed))};
    }
    return systemVKey(file);
}

} // namespace shmpix
