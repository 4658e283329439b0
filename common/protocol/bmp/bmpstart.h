#pragma once

#include <QtGlobal>

#include <cstddef>
#include <optional>
#include <span>

namespace shmpix {

/// How a BMP starts in a segment. C# programs share it with its length, a little-endian int32, either in
/// front of it or over its first four bytes.
enum class BmpStart { Plain, BehindLength, LengthOverMagic };

/// The bytes in front of the BMP.
[[nodiscard]] constexpr qint64 bytesInFront(BmpStart start)
{
    return start == BmpStart::BehindLength ? 4 : 0;
}

/// Finds the start of a BMP in a segment of that many bytes. `head` holds the first 58 bytes, or all if there
/// are fewer. For a plain BMP, "BM" and a valid header length are enough, so that a damaged one gets an
/// explanation. A length is recognised only if a complete BMP header follows.
[[nodiscard]] std::optional<BmpStart> findBmpStart(std::span<const std::byte> head, qint64 segmentBytes);

} // namespace shmpix
