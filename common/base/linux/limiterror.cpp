#include "common/base/limiterror.h"

#include "common/base/quantitytext.h"

#include <QCoreApplication>
#include <QLocale>

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LimitError)
};

/// Returns nothing if there is no limit.
template <class Resource>
std::optional<qint64> limitOf(Resource resource)
{
    rlimit limit = {};
    if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
        return std::nullopt;
    }
    return qint64(limit.rlim_cur);
}

/// The limits of the process and of the file system have the same errno value.
Error tooLarge(const QString& failure, std::optional<qint64> bytes)
{
    const auto most = limitOf(RLIMIT_FSIZE);
    if (!most || (bytes && *bytes <= *most)) {
        return {ErrorCode::NoSpace,
                Text::tr("%1: the file would be larger than its file system allows. Choose another place.")
                    .arg(failure)};
    }
    if (bytes) {
        return {ErrorCode::NoSpace, Text::tr("%1: the file would be larger than the %2 that this program may "
                                             "write to one file. Start it with a larger limit (ulimit -f).")
                                        .arg(failure, bytesText(*most))};
    }
    return {
        ErrorCode::NoSpace,
        Text::tr("%1: the file would be larger than its file system allows, or than the %2 that this program "
                 "may write to one file. Choose another place, or start it with a larger limit (ulimit -f).")
            .arg(failure, bytesText(*most))};
}

} // namespace

std::optional<Error> limitError(int errorNumber, const QString& failure, std::optional<qint64> bytes)
{
    switch (errorNumber) {
    case EMFILE:
        return Error{ErrorCode::System,
                     Text::tr("%1: this program has reached its limit of %2 open files. Start it with a "
                              "larger limit (ulimit -n).")
                         .arg(failure, QLocale().toString(limitOf(RLIMIT_NOFILE).value_or(0)))};
    case ENFILE:
        return Error{
            ErrorCode::System,
            Text::tr("%1: the system-wide limit on open files has been reached. Close other programs.")
                .arg(failure)};
    case EFBIG:
        return tooLarge(failure, bytes);
    default:
        break;
    }
    return std::nullopt;
}

std::optional<Error> openLimitError(const QString& failure)
{
    constexpr std::size_t ofAPlugin =
        4; // the file, the plugin that reads it, and the libraries that the plugin needs
    std::array<int, ofAPlugin> opened = {};
    int failed = 0;
    for (int& fd : opened) {
        fd = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        failed = fd == -1 ? errno : failed;
    }
    for (const int fd : opened) {
        if (fd != -1) {
            ::close(fd);
        }
    }
    return limitError(failed, failure);
}

} // namespace shmpix
