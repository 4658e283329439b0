#pragma once

#include "common/protocol/bmp/bmpheader.h"

#include <QImage>

namespace shmpix {

struct BmpPixels
{
    QImage image;
    qint64 end = 0; ///< position of the pixels' end in the source
};

/// Reads the pixels of a BMP whose header has been checked. Reads each byte of the source once, in pieces
/// that stay in the cache. Reads 1, 4 and 8 bits into Mono and Indexed8, 24 into BGR888, and others into
/// RGB32 or, with an alpha mask, ARGB32. Does not touch the padding. Releases the source's lock. Fails with
/// BadData if the source was truncated in the meantime or run lengths leave the picture, and with NoSpace if
/// there is not enough memory.
[[nodiscard]] Result<BmpPixels> readBmpPixels(ByteSource& source, const BmpHeader& header);

} // namespace shmpix
