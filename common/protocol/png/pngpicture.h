#pragma once

#include "common/base/bytesource.h"

#include <QImage>

namespace shmpix {

/// A picture from a PNG and the length of the PNG.
struct PngPicture
{
    QImage image;
    qint64 bytes = 0;
};

/// Reads the PNG that begins at `offset`: directly if its data is stored, otherwise through Qt. Fails with
/// BadData for a PNG that is truncated, damaged or over the limits.
[[nodiscard]] Result<PngPicture> readPngPicture(ByteSource& source, qint64 offset);

} // namespace shmpix
