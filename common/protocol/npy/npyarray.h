#pragma once

#include "common/image/pixellayout.h"
#include "common/protocol/npy/npyheader.h"

#include <QString>

#include <array>

namespace shmpix {

/// How an array is interpreted as a picture.
struct NpyPicture
{
    PixelLayout layout;   ///< layout of the pixels in picture order, with channels together
    bool isPlain = true;  ///< whether `layout` holds for the file itself
    bool swapped = false; ///< big-endian numbers
    qint64 dataBytes = 0;
    std::array<qint64, 3> strides = {}; ///< bytes from one row, pixel, channel to the next
    QString axes;                       ///< which axis was taken for what, in words
};

/// Chooses which axes are rows, columns and channels. Fails with BadData for shapes and types that are not a
/// picture, and for pictures over the limits.
[[nodiscard]] Result<NpyPicture> npyPicture(const NpyHeader& header);

} // namespace shmpix
