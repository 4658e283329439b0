#include "common/channel/stopsignal.h"

#ifdef Q_OS_UNIX
#include <array>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>
#endif

namespace shmpix {

#ifdef Q_OS_UNIX

namespace {

/// A handler may only do what is safe at any moment, such as writing to a pipe; it can reach nothing but a
/// static.
std::array<int, 2> pipeEnds = {-1, -1};

void handle(int)
{
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(pipeEnds[1], &byte, 1);
}

} // namespace

StopSignal::StopSignal()
{
    if (::pipe2(pipeEnds.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        return;
    }
    m_notifier = std::make_unique<QSocketNotifier>(pipeEnds[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        while (::read(pipeEnds[0], &byte, 1) > 0) {
        }
        Q_EMIT received();
    });
    struct sigaction action = {};
    action.sa_handler = handle;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGHUP, &action, nullptr);
}

StopSignal::~StopSignal()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGHUP, SIG_DFL);
    m_notifier.reset();
    ::close(pipeEnds[0]);
    ::close(pipeEnds[1]);
}

#else

StopSignal::StopSignal() = default;
StopSignal::~StopSignal() = default;

#endif

} // namespace shmpix
