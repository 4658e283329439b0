#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <sys/shm.h>

namespace shmpix {

/// Owns an attachment to System V memory for writing. Detaching removes nothing.
class SystemVMemory
{
public:
    SystemVMemory() = default;

    /// Attaches to the whole memory, whose size the caller knows. Check isAttached() and errno.
    SystemVMemory(int id, std::size_t bytes)
    {
        void* address = ::shmat(id, nullptr, 0);
        if (reinterpret_cast<std::intptr_t>(address) != -1) {
            m_bytes = {static_cast<std::byte*>(address), bytes};
        }
    }
    SystemVMemory(SystemVMemory&& other) noexcept
        : m_bytes(std::exchange(other.m_bytes, {}))
    {
    }
    SystemVMemory& operator=(SystemVMemory&& other) noexcept
    {
        std::swap(m_bytes, other.m_bytes);
        return *this;
    }
    ~SystemVMemory()
    {
        if (isAttached()) {
            ::shmdt(m_bytes.data());
        }
    }

    [[nodiscard]] bool isAttached() const { return m_bytes.data() != nullptr; }
    [[nodiscard]] std::span<std::byte> bytes() const { return m_bytes; }

private:
    std::span<std::byte> m_bytes;
};

} // namespace shmpix
