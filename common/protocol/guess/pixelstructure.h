#pragma once

#include "common/protocol/guess/picturerows.h"

#include <array>

namespace shmpix {

/// The structure of a pixel's bytes, as far as it decides which bytes resemble each other.
struct PixelStructure
{
    enum class Kind {
        Interleaved,
        Yuyv,   ///< brightness resembles that two bytes before, colour that four bytes before
        Mosaic, ///< one byte per pixel; every second pixel and every second row resemble each other
    };

    int pixel = 1;  ///< bytes from one pixel to the next
    int sample = 1; ///< bytes of a channel
    Kind kind = Kind::Interleaved;

    friend bool operator==(const PixelStructure&, const PixelStructure&) = default;
};

/// The structures of all PixelFormats.
inline constexpr std::array pixelStructures = {
    PixelStructure{1, 1},  PixelStructure{3, 1},
    PixelStructure{4, 1},  PixelStructure{2, 2},
    PixelStructure{4, 4},  PixelStructure{4, 1, PixelStructure::Kind::Yuyv},
    PixelStructure{6, 2},  PixelStructure{8, 2},
    PixelStructure{8, 8},  PixelStructure{12, 4},
    PixelStructure{16, 4}, PixelStructure{24, 8},
    PixelStructure{32, 8}, PixelStructure{2, 1, PixelStructure::Kind::Mosaic},
};

/// The bits per byte if each byte is predicted from its neighbours, as in a simple lossless compressor. The
/// right structure, width and stride need the fewest bits, because only then are the neighbours in memory
/// also neighbours in the picture. Comparable between structures.
struct PredictionCost
{
    double across = 8;
    double down = 8;

    [[nodiscard]] double bits() const { return across + down; }
};

/// How much more the bytes of a row jump at its half, third or quarter than nearby. A high value means that
/// each row consists of several rows of the picture side by side; otherwise it is about 1. Any thread.
[[nodiscard]] double seam(const PictureRows& rows, const PixelStructure& structure);

/// How much more the bytes change from the end of a row to the beginning of the next than between neighbours,
/// because a picture's left edge does not continue its right one. About 1 if rows end elsewhere. Any thread.
[[nodiscard]] double edge(const PictureRows& rows, const PixelStructure& structure);

/// Looks at a few thousand pixels, spread over the rows. Any thread.
[[nodiscard]] PredictionCost predictionCost(const PictureRows& rows, const PixelStructure& structure);

} // namespace shmpix
