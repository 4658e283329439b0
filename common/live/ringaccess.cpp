#include "common/live/ringaccess.h"

#include <cstring>

namespace shmpix {

#if defined(__SANITIZE_THREAD__)

// A race detector does not know that the sequence tells torn bytes: relaxed accesses are the same race, said.
void copyShared(std::span<const std::byte> from, std::byte* to)
{
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto byte =
            std::atomic_ref<std::byte>(const_cast<std::byte&>(from[i])).load(std::memory_order_relaxed);
        std::atomic_ref<std::byte>(to[i]).store(byte, std::memory_order_relaxed);
    }
}

#else

void copyShared(std::span<const std::byte> from, std::byte* to)
{
    if (!from.empty()) {
        std::memcpy(to, from.data(), from.size());
    }
}

#endif

} // namespace shmpix
