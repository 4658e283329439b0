#pragma once

#include <QImage>
#include <QPoint>
#include <QString>

namespace shmpix {

/// The values of one pixel as the picture holds them: "(201, 187, 90, 255)", "(40000)" for 16-bit grey, "12:
/// (0, 0, 255)" for a palette. Colours are straight, never premultiplied. Empty outside the picture.
[[nodiscard]] QString pixelText(const QImage& image, QPoint pixel);

} // namespace shmpix
