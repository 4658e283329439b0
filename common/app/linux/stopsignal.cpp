#include "common/app/stopsignal.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace shmpix {

namespace {

/// A signal handler may only do what is always safe, such as writing to a pipe, and it can only reach static
/// data.
std::array<int, 2> pipeEnds = {-1, -1};

void handle(int)
{
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(pipeEnds[1], &byte, 1);
}

} // namespace

StopSignal::StopSignal()
{
    if (::pipe2(pipeEnds.data(), O_CLOEXEC) != 0 || ::fcntl(pipeEnds[1], F_SETFL, O_NONBLOCK) != 0) {
        return;
    }
    m_listener = std::thread([this] { listen(); });
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
    ::close(pipeEnds[1]); // this ends the listener
    if (m_listener.joinable()) {
        m_listener.join();
    }
    ::close(pipeEnds[0]);
}

void StopSignal::listen()
{
    char byte = 0;
    for (;;) {
        const auto count = ::read(pipeEnds[0], &byte, 1);
        if (count == 0 || (count < 0 && errno != EINTR)) {
            return;
        }
        if (count > 0) {
            m_stop.request_stop();
            QMetaObject::invokeMethod(this, &StopSignal::received, Qt::QueuedConnection);
        }
    }
}

} // namespace shmpix
