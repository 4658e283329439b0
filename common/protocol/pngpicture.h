#pragma once

#include "common/base/bytesource.h"

#include <QImage>

namespace shmpix {

/// A picture out of a PNG and the length of the PNG.
struct PngPicture
{
    QImage image;
    qint64 bytes = 0;
};

/// Reads the PNG that begins at `offset`: straight when its data are stored, else through Qt.
/// Fails with BadData for one that is cut, damaged or over the limits.
[[nodiscard]] Result<PngPicture> readPngPicture(ByteSource& source, qint64 offset);

} // namespace shmpix
