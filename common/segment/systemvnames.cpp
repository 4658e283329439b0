#include "common/segment/systemvnames.h"

#include <QFileInfo>
#include <QSharedMemory>

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

} // namespace shmpix
