#pragma once

#include "common/image/pixelformat.h"
#include "common/protocol/guess/picturerows.h"

namespace shmpix {

/// Which of two colour orders a picture's bytes have. The bytes alone do not determine it, so this judges by
/// what most photographs show.
struct ColourOrder
{
    ChannelOrder likelier = ChannelOrder::Bgr;
    ChannelOrder other = ChannelOrder::Rgb;
    bool hinted = false; ///< the picture supports it; otherwise it is the order that most programs write
};

/// Judges whether red or blue is first, for pixels of three or four bytes. With `alpha`, the fourth is alpha.
[[nodiscard]] ColourOrder interleavedOrder(const PictureRows& rows, int pixelBytes, bool alpha);

/// Judges the order of a mosaic. The bytes show where green is, but not which of the other two is red.
[[nodiscard]] ColourOrder mosaicOrder(const PictureRows& rows);

} // namespace shmpix
