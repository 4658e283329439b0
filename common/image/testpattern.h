#pragma once

#include <QImage>

#include <optional>

namespace shmpix {

/// The smallest picture that can hold the test pattern.
constexpr QSize smallestTestPattern(64, 16);

/// Paints a picture that shows whether it arrived whole: colour bars, a line and a ramp that move with the
/// number, the number in digits for people, and in the top left corner a strip of black and white blocks for
/// programs with a marker, the number, and the CRC-32 of the number and of all pixels outside the strip. The
/// same number gives the same pixels. `image` is RGB32, at least of the smallest size, and may use foreign
/// memory, such as a live frame's. Any thread.
void paintTestPattern(QImage& image, quint64 number);

/// What a picture of the test pattern tells about itself.
struct TestPatternCheck
{
    quint64 number = 0;
    bool isWhole = false; ///< every pixel is as painted; if not, the number may be wrong, too
};

/// Reads the strip of a picture in any format and checks the pixels. Nothing if it is not a test pattern. Any
/// thread.
[[nodiscard]] std::optional<TestPatternCheck> checkTestPattern(const QImage& image);

} // namespace shmpix
