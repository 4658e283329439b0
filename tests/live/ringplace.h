#pragma once

#include "common/base/memory.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace shmpix::test {

/// Memory for a ring, aligned to a page like a mapping and filled with 0xa5.
class RingBytes
{
public:
    explicit RingBytes(qint64 bytes);

    [[nodiscard]] std::span<std::byte> span() const { return {m_begin.get(), m_size}; }

    /// Set where a BusGuard would report a cut.
    std::atomic<bool> isCut = false;

private:
    struct Free
    {
        void operator()(std::byte* begin) const;
    };

    std::size_t m_size;
    std::unique_ptr<std::byte, Free> m_begin;
};

/// An address in plain memory, where a FrameWriter and FrameReaders meet without a segment. Used by any
/// thread.
class RingPlace
{
public:
    RingPlace();
    ~RingPlace();
    RingPlace(const RingPlace&) = delete;
    RingPlace& operator=(const RingPlace&) = delete;

    /// For another writer; lives as long as the place.
    [[nodiscard]] WritableMemory& writer();
    [[nodiscard]] OpenMemory reader();

    /// The ring under the address; null: none.
    [[nodiscard]] std::shared_ptr<RingBytes> current() const;
    void put(std::shared_ptr<RingBytes> bytes);
    void remove() { put(nullptr); }

    /// Whether the writer's reservations and publications now fail.
    std::atomic<bool> isFull = false;
    std::atomic<bool> isTaken = false;

    std::atomic<qint64> reservedBytes = 0; ///< by writers, in sequence
    std::atomic<int> openings = 0;         ///< by readers, successful or not

private:
    class Writer;
    class Reader;

    mutable std::mutex m_mutex;
    std::shared_ptr<RingBytes> m_current;
    std::vector<std::unique_ptr<Writer>> m_writers;
};

} // namespace shmpix::test
