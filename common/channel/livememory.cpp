#include "common/channel/livememory.h"

#include "common/segment/posix/processinfo.h"
#include "common/segment/segment.h"

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
    options.processStarted = startTicks(pid_t(options.process)).value_or(0);
    return options;
}

} // namespace shmpix
