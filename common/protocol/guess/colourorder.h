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
    bool hinted = false; ///< the picture speaks for it; else it is what most programs write
};

/// Red first or blue first, for pixels of three or four bytes; `alpha`: the fourth is alpha.
[[nodiscard]] ColourOrder interleavedOrder(const PictureRows& rows, int pixelBytes, bool alpha);

/// Where the greens are is seen from the bytes; which of the other two is red is not.
[[nodiscard]] ColourOrder mosaicOrder(const PictureRows& rows);

} // namespace shmpix
