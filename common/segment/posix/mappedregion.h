#pragma once

#include "common/segment/posix/busguard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <span>
#include <utility>

namespace shmpix {

/// Owns a shared mapping of a file, which others may truncate while it is in use: see BusGuard.
class MappedRegion
{
public:
    using Access = BusGuard::Access;

    /// AtOnce: one call instead of a page fault every 4 KB of the first picture. That is for a writer who has
    /// reserved all of the file: whoever has made a file long without filling it would make a reader fill it.
    enum class Pages { OnDemand, AtOnce };

    MappedRegion() = default;
    MappedRegion(int fd, std::size_t bytes, Access access, Pages pages = Pages::OnDemand)
    {
        const bool writes = access == Access::ReadWrite;
        void* address = ::mmap(nullptr, bytes, writes ? PROT_READ | PROT_WRITE : PROT_READ,
                               pages == Pages::AtOnce ? MAP_SHARED | MAP_POPULATE : MAP_SHARED, fd, 0);
        if (address != MAP_FAILED) {
            m_bytes = {static_cast<std::byte*>(address), bytes};
            m_guard = BusGuard(m_bytes, access);
        }
    }
    MappedRegion(MappedRegion&& other) noexcept
        : m_bytes(std::exchange(other.m_bytes, {}))
        , m_guard(std::move(other.m_guard))
    {
    }
    MappedRegion& operator=(MappedRegion&& other) noexcept
    {
        std::swap(m_bytes, other.m_bytes);
        std::swap(m_guard, other.m_guard);
        return *this;
    }
    ~MappedRegion()
    {
        m_guard = BusGuard();
        if (!m_bytes.empty()) {
            ::munmap(m_bytes.data(), m_bytes.size());
        }
    }

    /// Brings in the pages of a part that is about to be filled, where the system can; else they come one by
    /// one.
    void bringIn(std::span<const std::byte> part) const
    {
#ifdef MADV_POPULATE_WRITE
        const auto page = std::size_t(::sysconf(_SC_PAGESIZE));
        const std::size_t from = std::size_t(part.data() - m_bytes.data()) / page * page;
        const std::size_t to = std::size_t(part.data() - m_bytes.data()) + part.size();
        ::madvise(m_bytes.data() + from, to - from, MADV_POPULATE_WRITE);
#endif
    }

    [[nodiscard]] bool isMapped() const
    {
        return !m_bytes.empty();
    }
    [[nodiscard]] bool isCut() const
    {
        return m_guard.isCut();
    }
    [[nodiscard]] std::span<std::byte> bytes() const
    {
        return m_bytes;
    }

private:
    std::span<std::byte> m_bytes;
    BusGuard m_guard;
};

} // namespace shmpix
