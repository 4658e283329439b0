#pragma once

#include <QImage>

namespace shmpix {

/// Mirrored left to right, top to bottom, or both.
enum class Flip { None, Horizontal, Vertical, Both };

/// The mirrored picture; mirrors in place if the pixels are not shared.
[[nodiscard]] inline QImage flipped(QImage image, Flip flip)
{
    const bool horizontal = flip == Flip::Horizontal || flip == Flip::Both;
    const bool vertical = flip == Flip::Vertical || flip == Flip::Both;
    return std::move(image).mirrored(horizontal, vertical);
}

} // namespace shmpix
