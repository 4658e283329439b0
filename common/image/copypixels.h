#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace shmpix {

/// Copies pixels to any address. Rows after a header are unaligned. For some kilobytes at an unaligned
/// address, the C library uses the CPU's string instruction, which on some CPUs is four times slower than
/// short copies through vector registers (4K rows to an address of 4 modulo 64: 9.7 ms against 2.4 ms).
inline void copyPixels(std::span<const std::byte> from, std::byte* to)
{
    constexpr std::size_t pieceBytes = 512;
    while (from.size() > pieceBytes) {
        std::memcpy(to, from.data(), pieceBytes);
        from = from.subspan(pieceBytes);
        to += pieceBytes;
    }
    if (!from.empty()) {
        std::memcpy(to, from.data(), from.size());
    }
}

} // namespace shmpix
