#pragma once

#include "common/base/bytesource.h"

namespace shmpix {

/// What the headers of a BMP say, checked before any pixel is touched: sizes are within our limits, the depth
/// goes with the compression, and palette and pixels lie within the source.
struct BmpHeader
{
    int width = 0;
    int height = 0;
    int bitsPerPixel = 0;
    bool topDown = false;
    qint64 fileBytes = 0; ///< from the first byte to the last pixel
};

/// Reads the headers at the source's beginning. Fails with BadData, naming the field.
[[nodiscard]] Result<BmpHeader> readBmpHeader(ByteSource& source);

} // namespace shmpix
