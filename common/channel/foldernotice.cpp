#include "common/channel/foldernotice.h"

#include <QThread>

#ifdef Q_OS_LINUX
#include "common/segment/posix/segmentpath.h"

#include <QElapsedTimer>

#include <algorithm>
#include <array>
#include <cstring>

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>
#endif

namespace shmpix {

#ifdef Q_OS_LINUX

FolderNotice::FolderNotice(const SegmentAddress& address)
{
    const bool isFile =
        address.scheme() == SegmentAddress::Scheme::Posix || address.scheme() == SegmentAddress::Scheme::File;
    if (!isFile) {
        return;
    }
    const SegmentPath path(address);
    m_name = path.file.mid(path.file.lastIndexOf('/') + 1);
    FileDescriptor notices(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    constexpr quint32 what = IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM;
    if (notices.get() != -1 && ::inotify_add_watch(notices.get(), path.folder.constData(), what) != -1) {
        m_notices = std::move(notices);
    }
}

bool FolderNotice::hasNews()
{
    alignas(inotify_event) std::array<char, 4096> buffer;
    bool isOurs = false;
    for (;;) {
        const auto bytes = ::read(m_notices.get(), buffer.data(), buffer.size());
        if (bytes <= 0) {
            return isOurs;
        }
        for (std::size_t at = 0; at + sizeof(inotify_event) <= std::size_t(bytes);) {
            inotify_event event = {};
            std::memcpy(&event, buffer.data() + at, sizeof(event));
            const char* const name = buffer.data() + at + sizeof(event);
            isOurs |= (event.mask & IN_Q_OVERFLOW) != 0 || (event.len > 0 && m_name == name);
            at += sizeof(event) + event.len;
        }
    }
}

bool FolderNotice::wait(std::chrono::milliseconds atMost)
{
    if (m_notices.get() == -1) {
        QThread::msleep(static_cast<unsigned long>(atMost.count()));
        return false;
    }
    QElapsedTimer timer;
    timer.start();
    for (;;) {
        pollfd wanted = {m_notices.get(), POLLIN, 0};
        const auto left = std::max<qint64>(0, atMost.count() - timer.elapsed());
        if (::poll(&wanted, 1, static_cast<int>(left)) <= 0) {
            return false;
        }
        if (hasNews()) {
            return true;
        }
    }
}

#else

FolderNotice::FolderNotice(const SegmentAddress&) {}

bool FolderNotice::wait(std::chrono::milliseconds atMost)
{
    QThread::msleep(static_cast<unsigned long>(atMost.count()));
    return false;
}

#endif

} // namespace shmpix
