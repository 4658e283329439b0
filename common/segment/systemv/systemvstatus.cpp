#include "common/segment/systemv/systemvstatus.h"

#include "common/segment/posix/processinfo.h"
#include "common/segment/systemv/systemvkey.h"
#include "common/segment/systemv/systemvtable.h"
#include "common/segment/systemvnames.h"

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
    if (!key) {
        return std::nullopt;
    }
    for (const SystemVRow& row : parseSystemVTable(procText(QStringLiteral("sysvipc/shm")))) {
        if (row.key == static_cast<quint32>(*key)) {
            return SystemVStatus{row.user, row.mode, static_cast<pid_t>(row.maker)};
        }
    }
    return std::nullopt;
}

} // namespace shmpix
