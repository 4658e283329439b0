#pragma once

#include "common/image/pixellayout.h"

#include <QImage>

#include <span>

namespace shmpix {

/// A cheap preview of a frame with a limited side length: it samples one pixel of many if a QImage can hold
/// the frame's pixels unchanged. A null image for pixels that cannot be shown. Not on the GUI thread.
[[nodiscard]] QImage previewOf(const PixelLayout& layout, std::span<const std::byte> bytes, int mostSide);

} // namespace shmpix
