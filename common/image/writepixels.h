#pragma once

#include "common/image/pixellayout.h"

#include <QImage>

#include <span>

namespace shmpix {

/// Writes a picture as plain pixels. The layout has the picture's size and has been checked; `out` reaches
/// from byte 0 to the end of its extent. Integers keep their 16 or 8 bits, floats range from 0 to 1. Gaps
/// between rows are filled with zeros. Any thread.
void writePixels(const QImage& image, const PixelLayout& layout, std::span<std::byte> out);

} // namespace shmpix
