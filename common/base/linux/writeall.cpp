#include "common/base/writeall.h"

#include "common/base/linux/filedescriptor.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shmpix {

namespace {

using namespace std::chrono_literals;

constexpr auto lookAgain = 50ms; ///< interval for checking stop requests, which poll() does not report
constexpr auto grace = 1s; ///< time to finish the output, so that a reader that continues gets all of it

mode_t kindOf(int fd)
{
    struct stat status = {};
    return ::fstat(fd, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

/// Opens a pipe again in non-blocking mode, which does not affect other users of the descriptor. Not every
/// system supports this.
FileDescriptor ownWayInto(int pipe)
{
    return FileDescriptor(
        ::open(("/proc/self/fd/" + std::to_string(pipe)).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
}

/// How much can be written at once without blocking. The descriptor may be in blocking mode and shared with
/// other processes, so its mode must not be changed.
std::size_t pieceOf(int fd)
{
    const int flags = ::fcntl(fd, F_GETFL);
    return flags != -1 && (flags & O_NONBLOCK) != 0 ? SSIZE_MAX : PIPE_BUF;
}

/// Waits until the descriptor accepts bytes, within the time limit.
class Room
{
public:
    Room(int fd, const TimeLimit& limit, std::chrono::milliseconds patience)
        : m_fd(fd)
        , m_limit(limit)
        , m_patience(patience)
    {
    }

    /// Returns 0 or an errno value.
    [[nodiscard]] int wait()
    {
        const QDeadlineTimer stall(m_patience);
        pollfd room = {m_fd, POLLOUT, 0};
        for (;;) {
            if (isOver()) {
                return ETIMEDOUT;
            }
            const int ready = ::poll(&room, 1, int(lookAgain.count()));
            if (ready > 0) {
                return 0; // or it has failed, which the write will report
            }
            if (ready < 0 && errno != EINTR) {
                return errno;
            }
            if (stall.hasExpired()) {
                return ETIMEDOUT;
            }
        }
    }

private:
    [[nodiscard]] bool isOver()
    {
        if (m_last.isForever() && m_limit.isOver()) {
            m_last = QDeadlineTimer(grace);
        }
        return m_last.hasExpired();
    }

    int m_fd;
    const TimeLimit& m_limit;
    std::chrono::milliseconds m_patience;
    QDeadlineTimer m_last = QDeadlineTimer(QDeadlineTimer::Forever); ///< once the time is over
};

} // namespace

int writeAll(int fd, std::span<const std::byte> bytes, const TimeLimit& limit,
             std::chrono::milliseconds patience)
{
    const mode_t kind = kindOf(fd);
    FileDescriptor own;
    if (kind == S_IFIFO && bytes.size() > PIPE_BUF) { // otherwise it is written in pieces, which takes longer
        own = ownWayInto(fd);
        fd = own.isOpen() ? own.get() : fd;
    }
    const bool alwaysHasRoom = kind == S_IFREG;
    const std::size_t piece = alwaysHasRoom ? SSIZE_MAX : pieceOf(fd);
    Room room(fd, limit, patience);
    while (!bytes.empty()) {
        if (const int failed = alwaysHasRoom ? 0 : room.wait(); failed != 0) {
            return failed;
        }
        const auto written = ::write(fd, bytes.data(), std::min(bytes.size(), piece));
        if (written > 0) {
            bytes = bytes.subspan(std::size_t(written));
        } else if (written == 0) {
            return EIO; // otherwise it would retry for ever
        } else if (errno != EINTR && errno != EAGAIN) {
            return errno;
        }
    }
    return 0;
}

} // namespace shmpix
