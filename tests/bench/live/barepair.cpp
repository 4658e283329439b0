#include "tests/bench/live/barepair.h"

#include "common/base/linux/filedescriptor.h"

#include <QFile>

#include <atomic>
#include <chrono>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace shmpix::bench {

namespace {

constexpr std::size_t slotCount = 4;
constexpr std::size_t headerBytes = 4096;
constexpr std::chrono::milliseconds patience(100);

/// The mapped ring.
class BareRing
{
public:
    BareRing(const QString& folder, QSize size, bool make)
        : m_frameBytes(frameBytes(size))
        , m_bytes(headerBytes + slotCount * m_frameBytes)
    {
        const QByteArray path = QFile::encodeName(folder + QStringLiteral("/ring"));
        // The reader must not see the file before it is long enough.
        const QByteArray hidden = path + ".new";
        const FileDescriptor file(
            make ? ::open(hidden.constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
                 : ::open(path.constData(), O_RDONLY | O_CLOEXEC));
        if (file.get() < 0 || (make && ::posix_fallocate(file.get(), 0, off_t(m_bytes)) != 0)) {
            return;
        }
        void* memory =
            ::mmap(nullptr, m_bytes, make ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file.get(), 0);
        m_memory = memory == MAP_FAILED ? nullptr : static_cast<std::byte*>(memory);
        if (make && ::rename(hidden.constData(), path.constData()) != 0) {
            m_memory = nullptr;
        }
    }
    ~BareRing()
    {
        if (m_memory != nullptr) {
            ::munmap(m_memory, m_bytes);
        }
    }
    BareRing(const BareRing&) = delete;
    BareRing& operator=(const BareRing&) = delete;

    [[nodiscard]] bool isThere() const { return m_memory != nullptr; }
    [[nodiscard]] std::atomic_ref<quint64> newest() const
    {
        return std::atomic_ref<quint64>(*reinterpret_cast<quint64*>(m_memory));
    }
    [[nodiscard]] std::span<std::byte> slot(quint64 number) const
    {
        return {m_memory + headerBytes + number % slotCount * m_frameBytes, m_frameBytes};
    }

private:
    std::size_t m_frameBytes;
    std::size_t m_bytes;
    std::byte* m_memory = nullptr;
};

class BareOutlet final : public FrameOutlet
{
public:
    BareOutlet(const QString& folder, QSize size)
        : m_ring(folder, size, true)
    {
    }
    bool fill(const Fill& fill) override
    {
        ++m_number;
        fill(m_ring.slot(m_number));
        m_ring.newest().store(m_number, std::memory_order_release);
        return true;
    }
    [[nodiscard]] bool isThere() const { return m_ring.isThere(); }

private:
    BareRing m_ring;
    quint64 m_number = 0;
};

class BareInlet final : public FrameInlet
{
public:
    BareInlet(const QString& folder, QSize size)
        : m_ring(folder, size, false)
    {
    }
    bool look(const Look& look) override
    {
        constexpr int looksBetween = 256;
        const auto deadline = std::chrono::steady_clock::now() + patience;
        quint64 newest = m_ring.newest().load(std::memory_order_acquire);
        for (int i = 0; newest == m_last; ++i) {
            if (i % looksBetween == 0 && std::chrono::steady_clock::now() > deadline) {
                return false;
            }
            newest = m_ring.newest().load(std::memory_order_acquire);
        }
        m_last = newest;
        look(m_ring.slot(newest));
        return true;
    }
    [[nodiscard]] bool isThere() const { return m_ring.isThere(); }

private:
    BareRing m_ring;
    quint64 m_last = 0;
};

} // namespace

Transport barePair()
{
    return {QStringLiteral("bare"), QStringLiteral("memcpy and a counter"),
            [](const QString& folder, QSize size) -> std::unique_ptr<FrameOutlet> {
                auto outlet = std::make_unique<BareOutlet>(folder, size);
                return outlet->isThere() ? std::move(outlet) : nullptr;
            },
            [](const QString& folder, QSize size) -> std::unique_ptr<FrameInlet> {
                auto inlet = std::make_unique<BareInlet>(folder, size);
                return inlet->isThere() ? std::move(inlet) : nullptr;
            }};
}

} // namespace shmpix::bench
