#pragma once

#include "common/image/pixellayout.h"
#include "common/protocol/npyheader.h"

#include <QString>

#include <array>

namespace shmpix {

/// How an array is interpreted as a picture.
struct NpyPicture
{
    PixelLayout layout;   ///< of the pixels when they lie row by row, channels together
    bool isPlain = true;  ///< they do, in little-endian numbers: `layout` is true of the file itself
    bool swapped = false; ///< big-endian numbers
    qint64 dataBytes = 0;
    std::array<qint64, 3> strides = {}; ///< bytes from one row, pixel, channel to the next
    QString axes;                       ///< which axis was taken for what, in words
};

/// Chooses which axes are rows, columns and channels. Fails with BadData for shapes and types that are no
/// picture, and for one over the limits.
[[nodiscard]] Result<NpyPicture> npyPicture(const NpyHeader& header);

} // namespace shmpix
