#pragma once

#include <QtGlobal>

#include <csignal>
#include <functional>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shmpix::test {

/// A copy of this process that runs a function. It starts in a tenth of the time that a program takes. For
/// programs with one thread. Killed with this object and with its parent.
class ForkedProcess
{
public:
    explicit ForkedProcess(const std::function<int()>& run)
    {
        const pid_t parent = ::getpid();
        m_pid = ::fork();
        if (m_pid == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            ::_exit(::getppid() == parent ? run() : 1);
        }
    }
    ForkedProcess(const ForkedProcess&) = delete;
    ForkedProcess& operator=(const ForkedProcess&) = delete;
    ~ForkedProcess() { kill(); }

    /// Sends SIGKILL and waits until the process is gone. Returns whether it was still alive.
    bool kill()
    {
        if (m_pid > 0) {
            ::kill(m_pid, SIGKILL);
            wait();
        }
        return WIFSIGNALED(m_status);
    }

    /// Waits for its end. Returns its exit code, or -1 if it was killed.
    int wait()
    {
        if (m_pid > 0) {
            ::waitpid(m_pid, &m_status, 0);
            m_pid = 0;
        }
        return WIFEXITED(m_status) ? WEXITSTATUS(m_status) : -1;
    }

    [[nodiscard]] pid_t pid() const { return m_pid; }

private:
    pid_t m_pid = 0;
    int m_status = 0;
};

} // namespace shmpix::test
