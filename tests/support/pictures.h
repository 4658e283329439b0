#pragma once

#include <QImage>
#include <QString>
#include <QStringList>

namespace shmpix::test {

/// The names of the pictures that everything is tested with, computed so that no test data is needed: photo
/// gradient noise 1x1 1xN Nx1 odd alpha premultiplied grey grey16 rgba16 rgb16 palette palette-alpha mono.
[[nodiscard]] QStringList pictureNames();

/// The picture with that name; some hundred pixels a side.
[[nodiscard]] QImage picture(const QString& name);

/// Resembles a camera picture: smooth areas, edges and noise. Opaque.
[[nodiscard]] QImage photo(int width, int height, QImage::Format format = QImage::Format_RGB32);

/// A JPEG file of a photo taken with the camera on its side: the EXIF orientation is 6, rotate clockwise.
[[nodiscard]] QByteArray cameraJpeg(int width, int height);

/// Whether two pictures have the same size and, after conversion to 16 bits a channel, the same pixels.
[[nodiscard]] bool samePixels(const QImage& a, const QImage& b);

/// Describes the difference, for the message of a failed comparison: sizes, formats, the first pixel that
/// differs.
[[nodiscard]] QString difference(const QImage& a, const QImage& b);

/// The largest difference of any 8-bit channel except alpha; 255 for different sizes.
[[nodiscard]] int largestDifference(const QImage& a, const QImage& b);

} // namespace shmpix::test
