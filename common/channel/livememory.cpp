#include "common/channel/livememory.h"

#include "common/segment/segment.h"
#ifdef Q_OS_UNIX
#include "common/segment/posix/processinfo.h"
#endif

#include <QCoreApplication>

namespace shmpix {

OpenMemory readableMemory(const SegmentAddress& address)
{
    return [address] { return viewSegment(address); };
}

FrameWriterOptions liveWriterOptions()
{
    FrameWriterOptions options;
    options.process = quint64(QCoreApplication::applicationPid());
#ifdef Q_OS_UNIX
    options.processStarted = startTicks(pid_t(options.process)).value_or(0);
#endif
    return options;
}

} // namespace shmpix
