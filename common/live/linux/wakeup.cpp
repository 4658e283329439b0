#include "common/live/wakeup.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <thread>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shmpix {

namespace {

constexpr std::chrono::nanoseconds pause = std::chrono::milliseconds(1);

} // namespace

bool WakeUp::isAvailable()
{
    return true;
}

void WakeUp::wakeAll(const quint32* word)
{
    ::syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void WakeUp::wait(const quint32* word, quint32 value, std::chrono::nanoseconds atMost)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(atMost);
    const timespec time = {seconds.count(), (atMost - seconds).count()};
    const bool failed = ::syscall(SYS_futex, word, FUTEX_WAIT, value, &time, nullptr, 0) != 0;
    if (failed && errno != EAGAIN && errno != EINTR && errno != ETIMEDOUT) {
        std::this_thread::sleep_for(std::min(atMost, pause)); // the word is gone: its segment was truncated
    }
}

} // namespace shmpix
