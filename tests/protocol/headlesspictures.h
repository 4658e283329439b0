#pragma once

#include "common/image/pixellayout.h"

#include <QByteArray>
#include <QImage>

namespace shmpix::test {

/// The contents of a segment whose writer uses no header.
struct HeadlessPicture
{
    QByteArray segment;
    PixelLayout layout; ///< the right answer
};

/// What the segment contains after and between the pixels.
enum class Surroundings {
    Exact,       ///< the segment is as large as the picture
    Page,        ///< the segment is rounded up to pages
    LargerZeros, ///< the segment has room for a larger picture and was not used before
    LargerStale, ///< the segment held a larger picture before
    Padded4,     ///< rows padded to four bytes with zeros
    Padded64,    ///< rows padded to 64 bytes with zeros
    Padded256,   ///< rows padded to 256 bytes with zeros
};

/// The low bits of an 8-bit picture that is written with more bits, and the fourth byte of bgrx and rgbx.
enum class Extra {
    None,
    Noise, ///< the lower byte of 16 bits is sensor noise; the fourth byte keeps its old value
    Zeros, ///< the lower byte is 0; the fourth byte is 0
};

/// Writes the picture as such pixels, with the given surroundings. Alpha is opaque unless the picture has
/// alpha. `older` is the previous picture of a larger segment.
[[nodiscard]] HeadlessPicture headless(const QImage& image, const QString& format, Surroundings surroundings,
                                       Extra extra = Extra::None, const QImage& older = {});

} // namespace shmpix::test
