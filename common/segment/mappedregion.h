#pragma once

#include "common/segment/busguard.h"

#include <sys/mman.h>

#include <cstddef>
#include <span>
#include <utility>

namespace shmpix {

/// Owns a shared mapping of a file, which others may truncate while it is in use: see BusGuard.
class MappedRegion
{
public:
    /// A writer's pages are populated at once: one call instead of a page fault for every 4 KB of the first
    /// picture. A reader's are not, because that would allocate the pages of a large sparse file.
    using Access = BusGuard::Access;

    MappedRegion() = default;
    MappedRegion(int fd, std::size_t bytes, Access access)
    {
        const bool writes = access == Access::ReadWrite;
        void* address = ::mmap(nullptr, bytes, writes ? PROT_READ | PROT_WRITE : PROT_READ,
                               writes ? MAP_SHARED | MAP_POPULATE : MAP_SHARED, fd, 0);
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

    [[nodiscard]] bool isMapped() const { return !m_bytes.empty(); }
    [[nodiscard]] bool isCut() const { return m_guard.isCut(); }
    [[nodiscard]] std::span<std::byte> bytes() const { return m_bytes; }

private:
    std::span<std::byte> m_bytes;
    BusGuard m_guard;
};

} // namespace shmpix
