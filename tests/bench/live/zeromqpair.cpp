#include "tests/bench/live/zeromqpair.h"

#include <QFile>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include <malloc.h>
#include <zmq.h>

namespace shmpix::bench {

namespace {

constexpr int patience = 100; // milliseconds
constexpr int highWater = 1;
constexpr int bufferCount = 4;

QByteArray endpoint(const QString& folder)
{
    return "ipc://" + QFile::encodeName(folder) + "/socket";
}

/// Buffers that ZeroMQ returns from one of its threads.
class BufferPool
{
public:
    explicit BufferPool(std::size_t bytes)
        : m_buffers(bufferCount, std::vector<std::byte>(bytes))
    {
        for (std::vector<std::byte>& buffer : m_buffers) {
            m_free.push_back(buffer.data());
        }
    }
    /// Null if none came back in time.
    std::byte* take()
    {
        std::unique_lock lock(m_mutex);
        if (!m_cameBack.wait_for(lock, std::chrono::milliseconds(patience),
                                 [this] { return !m_free.empty(); })) {
            return nullptr;
        }
        std::byte* buffer = m_free.back();
        m_free.pop_back();
        return buffer;
    }
    static void giveBack(void* buffer, void* pool)
    {
        auto* self = static_cast<BufferPool*>(pool);
        const std::scoped_lock lock(self->m_mutex);
        self->m_free.push_back(static_cast<std::byte*>(buffer));
        self->m_cameBack.notify_one();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_cameBack;
    std::vector<std::vector<std::byte>> m_buffers;
    std::vector<std::byte*> m_free;
};

/// A context with one socket.
class Socket
{
public:
    explicit Socket(int type)
        : m_context(zmq_ctx_new())
        , m_socket(zmq_socket(m_context, type))
    {
        set(ZMQ_SNDHWM, highWater);
        set(ZMQ_RCVHWM, highWater);
        set(ZMQ_SNDTIMEO, patience);
        set(ZMQ_RCVTIMEO, patience);
        set(ZMQ_LINGER, 0);
    }
    ~Socket()
    {
        zmq_close(m_socket);
        zmq_ctx_term(m_context);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    [[nodiscard]] void* get() const { return m_socket; }

private:
    void set(int option, int value) { zmq_setsockopt(m_socket, option, &value, sizeof value); }

    void* m_context;
    void* m_socket;
};

class ZeroMqOutlet final : public FrameOutlet
{
public:
    ZeroMqOutlet(const QString& folder, QSize size)
        : m_bytes(frameBytes(size))
        , m_pool(m_bytes)
        , m_isBound(zmq_bind(m_socket.get(), endpoint(folder).constData()) == 0)
    {
    }
    bool fill(const Fill& fill) override
    {
        std::byte* buffer = m_pool.take();
        if (buffer == nullptr) {
            return false;
        }
        fill({buffer, m_bytes});
        zmq_msg_t message;
        zmq_msg_init_data(&message, buffer, m_bytes, &BufferPool::giveBack, &m_pool);
        const bool sent = zmq_msg_send(&message, m_socket.get(), 0) >= 0;
        if (!sent) {
            zmq_msg_close(&message);
        }
        return sent;
    }
    [[nodiscard]] bool isBound() const { return m_isBound; }

private:
    std::size_t m_bytes;
    BufferPool m_pool; // outlives the socket, which returns buffers when it closes
    Socket m_socket{ZMQ_PUSH};
    bool m_isBound;
};

class ZeroMqInlet final : public FrameInlet
{
public:
    explicit ZeroMqInlet(const QString& folder)
        : m_isConnected(zmq_connect(m_socket.get(), endpoint(folder).constData()) == 0)
    {
    }
    bool look(const Look& look) override
    {
        zmq_msg_t message;
        zmq_msg_init(&message);
        const bool came = zmq_msg_recv(&message, m_socket.get(), 0) >= 0;
        if (came) {
            look({static_cast<const std::byte*>(zmq_msg_data(&message)), zmq_msg_size(&message)});
        }
        zmq_msg_close(&message);
        return came;
    }
    [[nodiscard]] bool isConnected() const { return m_isConnected; }

private:
    Socket m_socket{ZMQ_PULL};
    bool m_isConnected;
};

} // namespace

Transport zeroMqPair()
{
    return {QStringLiteral("zeromq"), QStringLiteral("ZeroMQ ipc"),
            [](const QString& folder, QSize size) -> std::unique_ptr<FrameOutlet> {
                auto outlet = std::make_unique<ZeroMqOutlet>(folder, size);
                return outlet->isBound() ? std::move(outlet) : nullptr;
            },
            [](const QString& folder, QSize) -> std::unique_ptr<FrameInlet> {
                // ZeroMQ allocates each frame that it receives; prevent fresh pages each time.
                mallopt(M_ARENA_MAX, 1);
                mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);
                mallopt(M_TRIM_THRESHOLD, 1024 * 1024 * 1024);
                auto inlet = std::make_unique<ZeroMqInlet>(folder);
                return inlet->isConnected() ? std::move(inlet) : nullptr;
            }};
}

} // namespace shmpix::bench
