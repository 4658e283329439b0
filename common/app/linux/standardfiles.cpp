#include "common/app/standardfiles.h"

#include <cerrno>
#include <csignal>
#include <initializer_list>

#include <fcntl.h>

namespace shmpix {

void prepareStandardFiles()
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    // Opened in the opposite mode, so that reading and writing fail as with a closed descriptor.
    for (const int number : {standardInput, standardOutput, standardError}) {
        if (::fcntl(number, F_GETFD) == -1 && errno == EBADF) {
            static_cast<void>(::open("/dev/null", number == standardInput ? O_WRONLY : O_RDONLY));
        }
    }
}

} // namespace shmpix
