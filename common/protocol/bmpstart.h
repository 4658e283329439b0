#pragma once

#include <QtGlobal>

#include <cstddef>
#include <optional>
#include <span>

namespace shmpix {

/// How a BMP starts in a segment. C# programs share it with its length, a little-endian int32, either in
/// front of it or written over its first four bytes.
enum class BmpStart { Plain, BehindLength, LengthOverMagic };

/// The bytes that stand in front of the BMP's own first byte.
[[nodiscard]] constexpr qint64 bytesInFront(BmpStart start)
{
    return start == BmpStart::BehindLength ? 4 : 0;
}

/// How the BMP stands in a segment of so many bytes, whose first ones these are: 58 where there are as many.
/// "BM" and a header's length are enough for a plain one, so that a damaged one is refused in words; a length
/// is taken for one only when the whole header behind it is that of a BMP.
[[nodiscard]] std::optional<BmpStart> findBmpStart(std::span<const std::byte> head, qint64 segmentBytes);

} // namespace shmpix
