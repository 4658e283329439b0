#include "tests/bench/live/unixsocketpair.h"

#include "common/base/linux/filedescriptor.h"

#include <QFile>

#include <cstring>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace shmpix::bench {

namespace {

constexpr int patience = 100; // milliseconds

sockaddr_un addressIn(const QString& folder)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const QByteArray path = QFile::encodeName(folder + QStringLiteral("/socket"));
    std::memcpy(address.sun_path, path.constData(),
                std::min(sizeof address.sun_path - 1, std::size_t(path.size())));
    return address;
}

int newSocket()
{
    return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

bool isReady(int file, short events)
{
    pollfd asked = {file, events, 0};
    return ::poll(&asked, 1, patience) > 0;
}

class UnixSocketOutlet final : public FrameOutlet
{
public:
    UnixSocketOutlet(const QString& folder, QSize size)
        : m_own(frameBytes(size))
        , m_listening(newSocket())
    {
        const sockaddr_un address = addressIn(folder);
        m_isBound =
            ::bind(m_listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
            ::listen(m_listening.get(), 1) == 0;
    }
    bool fill(const Fill& fill) override
    {
        fill(m_own);
        return send(m_own);
    }
    bool send(std::span<const std::byte> frame) override
    {
        if (m_peer.get() < 0) {
            if (!isReady(m_listening.get(), POLLIN)) {
                return false;
            }
            m_peer = FileDescriptor(::accept4(m_listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
        }
        while (!frame.empty()) {
            const ssize_t sent = ::send(m_peer.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            frame = frame.subspan(std::size_t(sent));
        }
        return true;
    }
    [[nodiscard]] bool isBound() const { return m_isBound; }

private:
    std::vector<std::byte> m_own;
    FileDescriptor m_listening;
    FileDescriptor m_peer;
    bool m_isBound = false;
};

class UnixSocketInlet final : public FrameInlet
{
public:
    UnixSocketInlet(const QString& folder, QSize size)
        : m_own(frameBytes(size))
        , m_socket(newSocket())
    {
        const sockaddr_un address = addressIn(folder);
        m_isConnected =
            ::connect(m_socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    bool look(const Look& look) override
    {
        const bool came = copy(m_own);
        if (came) {
            look(m_own);
        }
        return came;
    }
    bool copy(std::span<std::byte> frame) override
    {
        if (!isReady(m_socket.get(), POLLIN)) {
            return false;
        }
        while (!frame.empty()) {
            const ssize_t came = ::recv(m_socket.get(), frame.data(), frame.size(), MSG_WAITALL);
            if (came <= 0) {
                return false;
            }
            frame = frame.subspan(std::size_t(came));
        }
        return true;
    }
    [[nodiscard]] bool isConnected() const { return m_isConnected; }

private:
    std::vector<std::byte> m_own;
    FileDescriptor m_socket;
    bool m_isConnected = false;
};

} // namespace

Transport unixSocketPair()
{
    return {QStringLiteral("socket"), QStringLiteral("Unix socket"),
            [](const QString& folder, QSize size) -> std::unique_ptr<FrameOutlet> {
                auto outlet = std::make_unique<UnixSocketOutlet>(folder, size);
                return outlet->isBound() ? std::move(outlet) : nullptr;
            },
            [](const QString& folder, QSize size) -> std::unique_ptr<FrameInlet> {
                auto inlet = std::make_unique<UnixSocketInlet>(folder, size);
                return inlet->isConnected() ? std::move(inlet) : nullptr;
            }};
}

} // namespace shmpix::bench
