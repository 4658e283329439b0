#pragma once

#include <QImage>
#include <QRect>

namespace shmpix {

/// A part of a picture, reduced by an integer factor: each pixel is the mean of factor × factor pixels, or of
/// fewer at the right and bottom edges. Accepts any format and returns ARGB32_Premultiplied. Processes a few
/// rows at a time, so it needs no memory beyond its result. `part` lies within the picture. Any thread but
/// the GUI's.
[[nodiscard]] QImage reducedImage(const QImage& image, int factor, const QRect& part);

/// The same for the whole picture.
[[nodiscard]] QImage reducedImage(const QImage& image, int factor);

} // namespace shmpix
