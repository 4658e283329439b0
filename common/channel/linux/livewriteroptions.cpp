#include "common/channel/livewriteroptions.h"

#include "common/segment/posix/processinfo.h"

#include <QCoreApplication>

namespace shmpix {

FrameWriterOptions liveWriterOptions()
{
    FrameWriterOptions options;
    options.process = quint64(QCoreApplication::applicationPid());
    options.processStarted = startTicks(pid_t(options.process)).value_or(0);
    return options;
}

} // namespace shmpix
