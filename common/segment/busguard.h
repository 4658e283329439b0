#pragma once

#include <atomic>
#include <cstddef>
#include <span>

namespace shmpix {

/// Keeps the process alive when somebody cuts a file that it has mapped: from then on the part of the mapping
/// that was cut off is private memory of zeros, and isCut() says so. Without it, touching that part raises
/// SIGBUS, which kills. Works for any thread and any code that touches the memory; any other SIGBUS goes to
/// whoever handled the signal before. Guards while it lives, which must be no longer than the mapping does.
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

    Region* m_region = nullptr; ///< belongs to the registry, which never gives memory back to the system
};

} // namespace shmpix
