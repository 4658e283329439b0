#include "common/segment/systemv/systemvnames.h"

#include "common/base/limiterror.h"
#include "common/base/linux/filedescriptor.h"
#include "common/segment/posix/processinfo.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QSharedMemory>

#include <cerrno>

#include <fcntl.h>

namespace shmpix {

namespace {

QString nativeKey(const QString& key)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 6, 0)
    return QSharedMemory::legacyNativeKey(key, QNativeIpcKey::Type::SystemV).nativeKey();
#else
    QSharedMemory memory;
    memory.setKey(key);
    return memory.nativeKey();
#endif
}

} // namespace

SystemVNames::SystemVNames(const SegmentAddress& address)
{
    if (address.scheme() != SegmentAddress::Scheme::Qt) {
        // From Qt 6.6 on, QSharedMemory derives both keys from one file; before, native keys have no lock.
        segmentFile = address.name();
        semaphoreFile = address.name();
        return;
    }
    segmentFile = nativeKey(address.name());
    const QFileInfo info(segmentFile);
    QString name = info.fileName();
    name.replace(QLatin1StringView("qipc_sharedmemory_"), QLatin1StringView("qipc_systemsem_"));
    semaphoreFile = info.path() + QLatin1Char('/') + name;
}

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
