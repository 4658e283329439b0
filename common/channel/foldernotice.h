#pragma once

#include "common/segment/segmentaddress.h"

#include <QByteArray>

#include <chrono>

#ifdef Q_OS_LINUX
#include "common/segment/posix/filedescriptor.h"
#endif

namespace shmpix {

/// Reports when a segment's file is created, replaced, resized, written or closed. Writes through a mapping
/// are not reported. If the system or the address has no such notifications, it only waits. Used by one
/// thread.
class FolderNotice
{
public:
    explicit FolderNotice(const SegmentAddress& address);

    /// Returns true at once if something has happened since the last call, and false when the time is over.
    [[nodiscard]] bool wait(std::chrono::milliseconds atMost);

private:
#ifdef Q_OS_LINUX
    [[nodiscard]] bool hasNews();

    QByteArray m_name;
    FileDescriptor m_notices; ///< of inotify; none: there are no notifications
#endif
};

} // namespace shmpix
