#include "common/image/imagelimits.h"

#include "common/base/quantitytext.h"

#include <QCoreApplication>

namespace shmpix {

namespace {
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(ImageLimits)
};

constexpr qint64 maximumBitsPerPixel = 128; // four floats

} // namespace

Result<qint64> checkedImageBytes(qint64 width, qint64 height, qint64 bitsPerPixel)
{
    if (width <= 0 || height <= 0) {
        return Error{
            ErrorCode::BadData,
            Text::tr("The picture is empty: its size is given as %1 × %2. Share a picture that has pixels.")
                .arg(width)
                .arg(height)};
    }
    if (width > maximumSide || height > maximumSide) {
        return Error{ErrorCode::BadData, Text::tr("A picture of %1 × %2 is too large: each side is limited "
                                                  "to %3 pixels. Share a smaller picture.")
                                             .arg(width)
                                             .arg(height)
                                             .arg(maximumSide)};
    }
    if (bitsPerPixel < 1 || bitsPerPixel > maximumBitsPerPixel) {
        return Error{ErrorCode::BadData,
                     Text::tr("Pictures with %1 bits per pixel are not supported.").arg(bitsPerPixel)};
    }
    const qint64 bytes = (width * bitsPerPixel + 7) / 8 * height; // both sides are below 2^16 here
    if (bytes > maximumImageBytes) {
        return Error{ErrorCode::BadData, Text::tr("A picture of %1 × %2 is too large: it needs %3, and the "
                                                  "limit is %4. Share a smaller picture.")
                                             .arg(width)
                                             .arg(height)
                                             .arg(bytesText(bytes), bytesText(maximumImageBytes))};
    }
    return bytes;
}

} // namespace shmpix
