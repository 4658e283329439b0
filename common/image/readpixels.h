#pragma once

#include "common/base/bytesource.h"
#include "common/image/pixellayout.h"

namespace shmpix {

/// A picture from plain pixels, and a note for people on how its values are displayed; may be empty.
struct ReadPixels
{
    QImage image;
    QString note;
};

/// Reads the pixels of a layout into a QImage of imageFormat(). Each byte is read once. Pixels that a QImage
/// holds unchanged are copied straight into it; others are converted on the way, one band of rows at a time.
/// Fails with BadData for a layout that does not fit the source, and with NoSpace. Any thread.
[[nodiscard]] Result<ReadPixels> readPixels(ByteSource& source, const PixelLayout& layout);

/// The same into an existing picture of the layout's size and imageFormat(), whose pixels are not shared.
/// Returns the note. Meant for sequences of pictures, because allocating new memory takes longer than reading
/// the pixels.
[[nodiscard]] Result<QString> readPixelsInto(QImage& image, ByteSource& source, const PixelLayout& layout);

} // namespace shmpix
