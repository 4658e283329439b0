#pragma once

#include <cstddef>
#include <span>

namespace shmpix {

/// Advises the system to back the memory with large pages, which take fewer page faults to fill. Only whole
/// large pages within it count. Any thread.
void adviseLargePages(std::span<std::byte> memory);

} // namespace shmpix
