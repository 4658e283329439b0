#include "common/base/writeall.h"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace shmpix {

int writeAll(int fd, std::span<const std::byte> bytes, std::chrono::milliseconds patience)
{
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes = bytes.subspan(std::size_t(written));
            continue;
        }
        if (errno == EAGAIN) {
            pollfd room = {fd, POLLOUT, 0};
            const int ready = ::poll(&room, 1, int(patience.count()));
            if (ready == 0) {
                return ETIMEDOUT;
            }
            if (ready > 0) {
                continue;
            }
        }
        if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

} // namespace shmpix
