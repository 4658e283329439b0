#pragma once

#include "common/image/pixelformat.h"
#include "common/protocol/guess/picturerows.h"

namespace shmpix {

/// How badly the numbers in memory fit a format, in the measure of a guess's cost: 0 is neutral, negative
/// speaks for the format, impossibleValues rules it out. Floats must be finite and of sane size, the halves
/// of a 16-bit number must behave as such, alpha must be alpha. The channels' order is not looked at.
/// Any thread.
[[nodiscard]] double valuesAgainst(PixelFormat format, const PictureRows& rows);

inline constexpr double impossibleValues = 1000;

/// How badly rows of bytes fit the brightness of `height` rows and then, for each two of these, a row of
/// colours, as in nv12.
[[nodiscard]] double colourPlaneAgainst(const PictureRows& rows, qint64 height);

} // namespace shmpix
