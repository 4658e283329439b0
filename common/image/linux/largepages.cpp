#include "common/image/largepages.h"

#include <cstdint>

#include <sys/mman.h>

namespace shmpix {

void adviseLargePages(std::span<std::byte> memory)
{
    constexpr std::uintptr_t largePage = std::uintptr_t{2} << 20;
    const auto start = reinterpret_cast<std::uintptr_t>(memory.data());
    const std::uintptr_t first = (start + largePage - 1) / largePage * largePage;
    const std::uintptr_t end = (start + memory.size()) / largePage * largePage;
    if (first < end) {
        ::madvise(memory.data() + (first - start), end - first, MADV_HUGEPAGE);
    }
}

} // namespace shmpix
