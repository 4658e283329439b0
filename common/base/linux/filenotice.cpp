#include "common/base/filenotice.h"

#include "common/base/linux/filedescriptor.h"

#include <QElapsedTimer>
#include <QThread>

#include <algorithm>
#include <array>
#include <cstring>

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace shmpix {

/// Watches the folder, because the file may be replaced.
class FileNotice::Watch
{
public:
    [[nodiscard]] static std::unique_ptr<Watch> of(const QByteArray& path)
    {
        const qsizetype slash = path.lastIndexOf('/');
        const QByteArray folder =
            slash < 0 ? QByteArrayLiteral(".") : path.left(std::max<qsizetype>(1, slash));
        FileDescriptor notices(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
        constexpr quint32 what =
            IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM;
        if (path.isEmpty() || !notices.isOpen() ||
            ::inotify_add_watch(notices.get(), folder.constData(), what) == -1) {
            return nullptr;
        }
        auto watch = std::make_unique<Watch>();
        watch->m_name = path.mid(slash + 1);
        watch->m_notices = std::move(notices);
        return watch;
    }

    [[nodiscard]] bool wait(std::chrono::milliseconds atMost)
    {
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

private:
    [[nodiscard]] bool hasNews()
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

    QByteArray m_name;
    FileDescriptor m_notices;
};

FileNotice::FileNotice(const QByteArray& path)
    : m_watch(Watch::of(path))
{
}

FileNotice::~FileNotice() = default;

bool FileNotice::wait(std::chrono::milliseconds atMost)
{
    if (!m_watch) {
        QThread::msleep(static_cast<unsigned long>(atMost.count()));
        return false;
    }
    return m_watch->wait(atMost);
}

} // namespace shmpix
