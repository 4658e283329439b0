#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <span>
#include <utility>

namespace shmpix {

/// Owns a shared, writable mapping of a file that only we change. Its pages are brought in at once:
/// one call instead of a page fault every 4 KB of the first picture.
class MappedRegion
{
public:
    MappedRegion() = default;
    MappedRegion(int fd, std::size_t bytes)
    {
        void* address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
        if (address != MAP_FAILED) {
            m_bytes = {static_cast<std::byte*>(address), bytes};
        }
    }
    MappedRegion(MappedRegion&& other) noexcept
        : m_bytes(std::exchange(other.m_bytes, {}))
    {
    }
    MappedRegion& operator=(MappedRegion&& other) noexcept
    {
        std::swap(m_bytes, other.m_bytes);
        return *this;
    }
    ~MappedRegion()
    {
        if (!m_bytes.empty()) {
            ::munmap(m_bytes.data(), m_bytes.size());
        }
    }

    [[nodiscard]] bool isMapped() const { return !m_bytes.empty(); }
    [[nodiscard]] std::span<std::byte> bytes() const { return m_bytes; }

private:
    std::span<std::byte> m_bytes;
};

} // namespace shmpix
