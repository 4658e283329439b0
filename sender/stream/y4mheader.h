#pragma once

#include "common/base/result.h"
#include "common/image/pixellayout.h"

#include <QByteArray>

#include <chrono>

namespace shmpix {

/// The colour layout of a Y4M stream: three planes, of which the second and third have one value for this
/// many pixels.
enum class Y4mColours { Every2x2, Every2x1, Every1x1, None };

/// The first line of a Y4M stream ("YUV4MPEG2 W640 H480 F30:1 C420jpeg"). A value.
struct Y4mHeader
{
    int width = 0;
    int height = 0;
    Y4mColours colours = Y4mColours::Every2x2;
    bool isFullRange = false;             ///< brightness from 0 to 255, not from 16 to 235
    std::chrono::nanoseconds duration{0}; ///< of a frame; 0: not given

    /// The size of the first plane, and of each of the other planes.
    [[nodiscard]] qint64 brightnessBytes() const { return qint64(width) * height; }
    [[nodiscard]] int colourWidth() const;
    [[nodiscard]] int colourHeight() const;
    [[nodiscard]] qint64 colourBytes() const { return qint64(colourWidth()) * colourHeight(); }
    [[nodiscard]] qint64 frameBytes() const { return brightnessBytes() + 2 * colourBytes(); }

    /// The layout in which the frames are shared: one that loses nothing, or BGR if there is none.
    [[nodiscard]] PixelLayout layout() const;

    friend bool operator==(const Y4mHeader&, const Y4mHeader&) = default;
};

/// Every stream begins with this word.
inline constexpr char y4mMagic[] = "YUV4MPEG2";

/// Parses a first line without its line break. Fails with BadData.
[[nodiscard]] Result<Y4mHeader> parseY4mHeader(const QByteArray& line);

} // namespace shmpix
