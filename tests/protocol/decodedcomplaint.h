#pragma once

#include "common/image/imagelimits.h"
#include "tests/support/codecbytes.h"

namespace shmpix::test {

/// Describes a defect that no result may have, whatever the bytes were, or an empty text. Looks at every
/// pixel.
inline QString complaint(const Result<Decoded>& result, qint64 sourceBytes)
{
    if (!result) {
        return isBadData(result) || result.error().code == ErrorCode::NoSpace
                   ? QString()
                   : QString::fromUtf8(describe(result));
    }
    const QImage& image = result->image;
    if (image.isNull() || image.width() > maximumSide || image.height() > maximumSide ||
        image.sizeInBytes() > 2 * maximumImageBytes) {
        return QStringLiteral("picture of %1 x %2").arg(image.width()).arg(image.height());
    }
    if (result->bytes <= 0 || result->bytes > sourceBytes) {
        return QStringLiteral("takes %1 bytes of %2").arg(result->bytes).arg(sourceBytes);
    }
    if (image.depth() == 1 && image.colorCount() < 2) {
        return QStringLiteral("%1 colours for one bit").arg(image.colorCount());
    }
    if (image.format() == QImage::Format_Indexed8) {
        for (int y = 0; y < image.height(); ++y) {
            const uchar* row = image.constScanLine(y);
            const int highest = *std::max_element(row, row + image.width());
            if (highest >= image.colorCount()) {
                return QStringLiteral("colour %1 of %2").arg(highest).arg(image.colorCount());
            }
        }
    }
    return image.convertToFormat(QImage::Format_RGB32).isNull() ? QStringLiteral("cannot be converted")
                                                                : QString();
}

} // namespace shmpix::test
