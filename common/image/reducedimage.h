#pragma once

#include <QImage>
#include <QRect>

namespace shmpix {

/// A part of a picture, smaller by a whole factor: each pixel is the mean of factor × factor pixels, of fewer
/// at the right and bottom edges. Takes any format and gives ARGB32_Premultiplied. Works through a few rows
/// at a time, so that it needs no more memory than its result. `part` lies within the picture. Any thread but
/// the GUI's.
[[nodiscard]] QImage reducedImage(const QImage& image, int factor, const QRect& part);

/// The same of the whole picture.
[[nodiscard]] QImage reducedImage(const QImage& image, int factor);

} // namespace shmpix
