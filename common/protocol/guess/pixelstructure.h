#pragma once

#include "common/protocol/guess/picturerows.h"

#include <array>

namespace shmpix {

/// How the bytes of a pixel are to be read, so far as that decides which bytes resemble each other.
struct PixelStructure
{
    enum class Kind {
        Interleaved,
        Yuyv,   ///< brightness resembles that two bytes before, colour that four bytes before
        Mosaic, ///< one byte a pixel; each second pixel and each second row resemble each other
    };

    int pixel = 1;  ///< bytes from a pixel to the next
    int sample = 1; ///< bytes of a channel
    Kind kind = Kind::Interleaved;

    friend bool operator==(const PixelStructure&, const PixelStructure&) = default;
};

/// Every structure that some PixelFormat has.
inline constexpr std::array pixelStructures = {
    PixelStructure{1, 1},  PixelStructure{3, 1},
    PixelStructure{4, 1},  PixelStructure{2, 2},
    PixelStructure{4, 4},  PixelStructure{4, 1, PixelStructure::Kind::Yuyv},
    PixelStructure{6, 2},  PixelStructure{8, 2},
    PixelStructure{8, 8},  PixelStructure{12, 4},
    PixelStructure{16, 4}, PixelStructure{24, 8},
    PixelStructure{32, 8}, PixelStructure{2, 1, PixelStructure::Kind::Mosaic},
};

/// The bits that a byte would take if each were predicted from its neighbours: what a simple lossless
/// compressor would need. The right structure, width and stride need least, because only then are the
/// neighbours of a pixel its neighbours in the picture. Comparable between structures.
struct PredictionCost
{
    double across = 8;
    double down = 8;

    [[nodiscard]] double bits() const { return across + down; }
};

/// How much more the bytes of a row jump at its half, third or quarter than beside it, where the rows are in
/// truth several of the picture's side by side; about 1 where they are not. Any thread.
[[nodiscard]] double seam(const PictureRows& rows, const PixelStructure& structure);

/// How much more the bytes change from the end of a row to the beginning of the next than between neighbours:
/// a picture's left edge does not continue its right one. About 1 where rows end elsewhere. Any thread.
[[nodiscard]] double edge(const PictureRows& rows, const PixelStructure& structure);

/// Looks at some thousand pixels, spread over the rows. Any thread.
[[nodiscard]] PredictionCost predictionCost(const PictureRows& rows, const PixelStructure& structure);

} // namespace shmpix
