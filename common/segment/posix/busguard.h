#pragma once

#include <atomic>
#include <cstddef>
#include <span>

namespace shmpix {

/// Keeps the process alive when another process truncates a file that it has mapped: the part that was cut
/// off becomes private memory of zeros, and isCut() returns true. Without the guard, touching that part
/// raises SIGBUS, which kills the process. Works for any thread and any code that touches the memory. Any
/// other SIGBUS goes to the previous handler. Active for its lifetime, which must not exceed that of the
/// mapping.
class BusGuard
{
public:
    enum class Access { Read, ReadWrite };

    BusGuard() = default;
    BusGuard(std::span<const std::byte> mapping, Access access);
    BusGuard(BusGuard&& other) noexcept;
    BusGuard& operator=(BusGuard&& other) noexcept;
    ~BusGuard();

    [[nodiscard]] bool isCut() const;

private:
    struct Region;
    struct Registry;

    Region* m_region = nullptr; ///< owned by the registry, which never frees memory
};

} // namespace shmpix
