#include "common/app/threadpriority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace shmpix {

void giveWayToOtherThreads()
{
    constexpr int niceness = 10;
    // On Linux, this also accepts the number of a thread.
    static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness));
}

} // namespace shmpix
