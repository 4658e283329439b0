#include "common/segment/systemvstatus.h"

#include "common/segment/systemvnames.h"

#include <QFile>

#include <cerrno>

#include <sys/shm.h>

namespace shmpix {

bool hasSystemVMemory(const SegmentAddress& address)
{
    const auto key = systemVKey(SystemVNames(address).segmentFile);
    return key && (::shmget(*key, 0, 0) != -1 || errno == EACCES);
}

std::optional<SystemVStatus> systemVStatus(const SegmentAddress& address)
{
    const auto key = systemVKey(SystemVNames(address).segmentFile);
    QFile table(QStringLiteral("/proc/sysvipc/shm"));
    if (!key || !table.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    // key shmid perms size cpid lpid nattch uid ...; the permissions are octal.
    for (const QByteArray& line : table.readAll().split('\n')) {
        const QList<QByteArray> fields = line.simplified().split(' ');
        if (fields.size() > 7 && fields[0].toInt() == *key) {
            return SystemVStatus{fields[7].toUInt(), fields[2].toUInt(nullptr, 8) & 07777, fields[4].toInt()};
        }
    }
    return std::nullopt;
}

} // namespace shmpix
