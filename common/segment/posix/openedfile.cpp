#include "common/segment/posix/openedfile.h"

#include <QCoreApplication>
#include <QDeadlineTimer>

#include <cerrno>
#include <thread>

#include <fcntl.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(OpenedFile)
};

} // namespace

Result<OpenedFile> openSegmentFile(const SegmentAddress& address, std::chrono::milliseconds patience)
{
    // A POSIX object is never a link, but a path that the user typed may be one.
    const int noLinks = address.scheme() == SegmentAddress::Scheme::Posix ? O_NOFOLLOW : 0;
    const QByteArray file = SegmentPath(address).file;
    const QDeadlineTimer deadline(patience);
    FileDescriptor fd(::open(file.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | noLinks));
    while (!fd.isOpen() && errno == EWOULDBLOCK && !deadline.hasExpired()) {
        // The name was exchanged between lookup and opening, and its former file is being filled for the next
        // exchange: look it up again.
        std::this_thread::sleep_for(std::chrono::microseconds(100));
        fd = FileDescriptor(::open(file.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | noLinks));
    }
    if (!fd.isOpen() && errno == EWOULDBLOCK) {
        return Error{ErrorCode::TimedOut,
                     Text::tr("%1 cannot be opened: its sender has not finished filling it. Let that program "
                              "continue, or quit it, and load again.")
                         .arg(address.toString())};
    }
    if (!fd.isOpen()) {
        return openError(errno, address);
    }
    const auto status = statusOf(fd.get());
    if (!status) {
        return openError(errno, address);
    }
    if (auto regular = checkRegular(*status, address); !regular) {
        return regular.error();
    }
    return OpenedFile{std::move(fd), *status};
}

} // namespace shmpix
