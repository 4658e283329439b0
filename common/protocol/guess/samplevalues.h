#pragma once

#include "common/image/pixelformat.h"
#include "common/protocol/guess/picturerows.h"

namespace shmpix {

/// How badly the numbers in memory fit a format, as a part of a guess's cost: 0 is neutral, a negative value
/// favours the format, and impossibleValues rules it out. Floats must be finite and of plausible size, the
/// two bytes of a 16-bit number must behave as such, and alpha must look like alpha. Ignores the order of the
/// channels. Any thread.
[[nodiscard]] double valuesAgainst(PixelFormat format, const PictureRows& rows);

inline constexpr double impossibleValues = 1000;

/// How badly rows of bytes fit nv12: `height` rows of brightness, then one row of colours for every two of
/// them.
[[nodiscard]] double colourPlaneAgainst(const PictureRows& rows, qint64 height);

} // namespace shmpix
