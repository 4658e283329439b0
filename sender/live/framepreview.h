#pragma once

#include "common/image/pixellayout.h"

#include <QImage>

#include <span>

namespace shmpix {

/// A picture of a frame for people, so many pixels a side at most, which costs little: one pixel of many is
/// looked at where a QImage can hold the frame's pixels as they are. A null image for what cannot be shown.
/// Not on the GUI thread.
[[nodiscard]] QImage previewOf(const PixelLayout& layout, std::span<const std::byte> bytes, int mostSide);

} // namespace shmpix
