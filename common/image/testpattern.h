#pragma once

#include <QImage>

#include <optional>

namespace shmpix {

/// The smallest picture that the test pattern fits into.
constexpr QSize smallestTestPattern(64, 16);

/// Paints a picture that can tell whether it arrived whole: colour bars, a line and a ramp that move with the
/// number, the number in digits for people, and in the top left corner a strip of black and white blocks for
/// programs: a marker, the number, and the CRC-32 of the number and of all pixels outside the strip. The same
/// number gives the same pixels. `image` is RGB32, at least the smallest, and its memory may be another's,
/// such as a live frame's. Any thread.
void paintTestPattern(QImage& image, quint64 number);

/// What a picture of the test pattern says of itself.
struct TestPatternCheck
{
    quint64 number = 0;
    bool isWhole = false; ///< every pixel is as it was painted; if not, the number may be wrong, too
};

/// Reads the strip of a picture in any format and checks the pixels. Nothing when it is no test pattern. Any
/// thread.
[[nodiscard]] std::optional<TestPatternCheck> checkTestPattern(const QImage& image);

} // namespace shmpix
