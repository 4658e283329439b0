#pragma once

#include "common/segment/segmentaddress.h"

#include <QByteArray>

#include <chrono>

#ifdef Q_OS_LINUX
#include "common/segment/filedescriptor.h"
#endif

namespace shmpix {

/// Tells when somebody makes, replaces, resizes, writes or closes a segment's file. What is stored through a
/// mapping, nobody is told. Where the system or the address has no such notices, it only waits. Used by one
/// thread.
class FolderNotice
{
public:
    explicit FolderNotice(const SegmentAddress& address);

    /// True at once when something has happened since the last call; false when the time is over.
    [[nodiscard]] bool wait(std::chrono::milliseconds atMost);

private:
#ifdef Q_OS_LINUX
    [[nodiscard]] bool hasNews();

    QByteArray m_name;
    FileDescriptor m_notices; ///< of inotify; none: nobody tells us
#endif
};

} // namespace shmpix
