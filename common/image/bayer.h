#pragma once

#include "common/image/pixelformat.h"

#include <QImage>

#include <span>

namespace shmpix {

/// The mosaic's colour at a pixel: 0 red, 1 green, 2 blue.
[[nodiscard]] int bayerColour(ChannelOrder order, int x, int y);

/// Demosaics: gives each pixel the two colours that it lacks, as the mean of the neighbours that have them.
/// `mosaic` holds tightly packed 8-bit samples of the image's size; the image is RGB32.
void demosaic(std::span<const std::byte> mosaic, ChannelOrder order, QImage& image);

} // namespace shmpix
