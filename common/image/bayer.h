#pragma once

#include "common/image/pixelformat.h"

#include <QImage>

#include <span>

namespace shmpix {

/// Which colour the mosaic has at a pixel: 0 red, 1 green, 2 blue.
[[nodiscard]] int bayerColour(ChannelOrder order, int x, int y);

/// Gives each pixel of a mosaic the two colours that it lacks: the means of its neighbours that have them.
/// `mosaic` holds the image's size of tight 8-bit samples; the image is RGB32.
void demosaic(std::span<const std::byte> mosaic, ChannelOrder order, QImage& image);

} // namespace shmpix
