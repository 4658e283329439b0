#pragma once

#include "common/base/result.h"

namespace shmpix {

/// The largest side, in pixels, of a picture that we accept.
constexpr qint64 maximumSide = 65535;

/// The most memory, in bytes, that one decoded picture may take (a 16K RGBA picture needs half of it).
constexpr qint64 maximumImageBytes = qint64{1} << 30;

/// The bytes of `width` x `height` pixels of `bitsPerPixel`, in tightly packed rows rounded up to a byte.
/// Fails with BadData, naming the numbers, for an empty picture and for one over the limits. Takes unchecked
/// values, such as those read from a peer.
[[nodiscard]] Result<qint64> checkedImageBytes(qint64 width, qint64 height, qint64 bitsPerPixel);

} // namespace shmpix
