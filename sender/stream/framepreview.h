#pragma once

#include "common/image/pixellayout.h"

#include <QImage>

#include <span>

namespace shmpix {

/// Makes a cheap preview of a frame with a limited side length. Samples single pixels if a QImage can hold
/// the frame's pixels unchanged. Returns a null image for pixels that cannot be shown. Not on the GUI thread.
[[nodiscard]] QImage previewOf(const PixelLayout& layout, std::span<const std::byte> bytes, int mostSide);

} // namespace shmpix
