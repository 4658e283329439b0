#pragma once

#include "common/image/pixellayout.h"

#include <QImage>

#include <span>

namespace shmpix {

/// Writes a picture as plain pixels: the layout has the picture's size and was checked, and `out` reaches
/// from byte 0 to the end of its extent. Whole numbers keep their 16 or 8 bits, floats are 0 to 1. What lies
/// between the rows becomes zeros. Any thread.
void writePixels(const QImage& image, const PixelLayout& layout, std::span<std::byte> out);

} // namespace shmpix
