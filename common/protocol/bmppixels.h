#pragma once

#include "common/protocol/bmpheader.h"

#include <QImage>

namespace shmpix {

struct BmpPixels
{
    QImage image;
    qint64 end = 0; ///< where in the source the pixels end
};

/// Reads the pixels of a BMP whose header has been checked, each byte of the source once, in pieces that stay
/// in the cache: 1, 4 and 8 bits into Mono and Indexed8, 24 into BGR888, the others into RGB32, or ARGB32
/// with an alpha mask. Padding is left alone. Gives the source's lock back. Fails with BadData when the
/// source was cut meanwhile or run lengths leave the picture, with NoSpace when there is no memory.
[[nodiscard]] Result<BmpPixels> readBmpPixels(ByteSource& source, const BmpHeader& header);

} // namespace shmpix
