#pragma once

#include "common/base/bytesource.h"
#include "common/protocol/bmp/bmpmasks.h"
#include "common/protocol/bmp/bmpstart.h"

#include <QList>

namespace shmpix {

enum class BmpCompression : quint32 {
    None = 0,
    RunLength8 = 1,
    RunLength4 = 2,
    BitFields = 3,
    AlphaFields = 6
};

/// The headers of a BMP, checked before any pixel is read: sizes are within our limits, the depth matches the
/// compression, and palette and pixels lie within the source. A private copy that stays consistent whatever
/// happens to the source. Offsets count from the source's first byte.
struct BmpHeader
{
    BmpStart start = BmpStart::Plain;
    int width = 0;
    int height = 0;
    int bitsPerPixel = 0;
    bool topDown = false;
    BmpCompression compression = BmpCompression::None;
    QList<QRgb> palette; ///< up to 8 bits: all 2^bits colours; colours missing in the file are black
    BmpMasks masks;      ///< for 16 and 32 bits
    qint64 rowBytes = 0; ///< bytes of a row that hold pixels
    qint64 stride = 0;   ///< bytes from one row to the next, including padding
    qint64 pixelOffset = 0;
    qint64 end = 0; ///< end of the last row of pixels; for run lengths of unknown size, the source's end

    [[nodiscard]] bool isRunLength() const
    {
        return compression == BmpCompression::RunLength8 || compression == BmpCompression::RunLength4;
    }
};

/// Reads all headers at the beginning of the source at once. Fails with BadData and names the field.
[[nodiscard]] Result<BmpHeader> readBmpHeader(ByteSource& source);

} // namespace shmpix
