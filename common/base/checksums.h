#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace shmpix {

/// CRC-32 as PNG uses it, continued from `crc` (0 to begin).
[[nodiscard]] std::uint32_t crc32(std::uint32_t crc, std::span<const std::byte> data);

/// Adler-32 as zlib uses it, continued from `adler` (1 to begin).
[[nodiscard]] std::uint32_t adler32(std::uint32_t adler, std::span<const std::byte> data);

} // namespace shmpix
