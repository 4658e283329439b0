#pragma once

#include "common/image/pixellayout.h"

#include <QByteArray>
#include <QImage>

namespace shmpix::test {

/// What a writer without any header leaves in a segment.
struct HeadlessPicture
{
    QByteArray segment;
    PixelLayout layout; ///< the right answer
};

/// What lies behind and between the pixels.
enum class Surroundings {
    Exact,       ///< the segment is as large as the picture
    Page,        ///< the segment is rounded up to pages
    LargerZeros, ///< the segment could hold a larger picture, and was never used before
    LargerStale, ///< the segment held a larger picture before
    Padded4,     ///< rows padded to four bytes with zeros
    Padded64,    ///< rows padded to 64 bytes with zeros
    Padded256,   ///< rows padded to 256 bytes with zeros
};

/// The bits that a picture of 8 bits lacks when it is written with more, and how bgrx's and rgbx's fourth
/// byte is left.
enum class Extra {
    None,
    Noise, ///< the lower byte of 16 bits is what a sensor has there; the fourth byte is what was there before
    Zeros, ///< the lower byte is 0; the fourth byte is 0
};

/// Writes the picture as those pixels, amid what else there is. Opaque unless the picture has alpha.
/// `older` is what a larger segment held before.
[[nodiscard]] HeadlessPicture headless(const QImage& image, const QString& format, Surroundings surroundings,
                                       Extra extra = Extra::None, const QImage& older = {});

} // namespace shmpix::test
