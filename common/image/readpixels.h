#pragma once

#include "common/base/bytesource.h"
#include "common/image/pixellayout.h"

namespace shmpix {

/// A picture out of plain pixels, and what a person should know of how its numbers are shown; else empty.
struct ReadPixels
{
    QImage image;
    QString note;
};

/// Reads the pixels of a layout into a QImage of imageFormat(). Each byte is fetched once; pixels that a
/// QImage holds as they are go straight into it, the others are converted on the way, a band of rows at a
/// time. Fails with BadData for a layout that does not fit the source, NoSpace. Any thread.
[[nodiscard]] Result<ReadPixels> readPixels(ByteSource& source, const PixelLayout& layout);

/// The same into a picture that is there: of the layout's size and of its imageFormat(), with pixels that
/// nobody shares. Gives the note. For pictures that come one after the other: new memory takes longer than
/// its pixels.
[[nodiscard]] Result<QString> readPixelsInto(QImage& image, ByteSource& source, const PixelLayout& layout);

} // namespace shmpix
