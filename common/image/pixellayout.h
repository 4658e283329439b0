#pragma once

#include "common/image/pixelformat.h"

#include <QSize>
#include <QString>

#include <vector>

namespace shmpix {

/// Where the pixels of a picture without a header lie. A value.
///
/// The text form, the same on command lines, in settings, in windows and in the kits:
///   WxH:FORMAT[,stride=N][,offset=N][,bottom-up]
/// The first row begins at byte `offset`, and each further row `stride` bytes after the previous one. A
/// negative stride goes backwards through memory, so that `offset` is that of the row at the highest address.
/// With `bottom-up`, the first row is the bottom row of the picture. The second plane of nv12 begins where
/// another row would follow the last, with the same stride.
struct PixelLayout
{
    qint64 width = 0;
    qint64 height = 0;
    PixelFormat format;
    qint64 stride = 0; ///< bytes; 0: rows without padding
    qint64 offset = 0; ///< bytes
    bool bottomUp = false;

    /// Bytes from one row to the next.
    [[nodiscard]] qint64 step() const { return stride != 0 ? stride : rowBytes(format, width); }

    friend bool operator==(const PixelLayout&, const PixelLayout&) = default;
};

/// The text form, without a size for a layout of 0 × 0.
[[nodiscard]] QString layoutText(const PixelLayout& layout);

/// Parses the text form. Fails with Usage and names the wrong part.
[[nodiscard]] Result<PixelLayout> parseLayout(const QString& text);

/// The same for an existing picture, whose size the text may leave out ("bgr8,stride=2048"); the size is then
/// 0 × 0.
[[nodiscard]] Result<PixelLayout> parseLayoutOfPicture(const QString& text);

/// The range of bytes that the pixels occupy: from the first to one past the last.
struct ByteExtent
{
    qint64 begin = 0;
    qint64 end = 0;

    [[nodiscard]] qint64 bytes() const { return end - begin; }
};

/// Checks a layout of unchecked values, such as those from a peer, regardless of a segment. Fails with
/// BadData for an empty picture, a picture over the limits, overlapping rows, and pixels before the segment.
[[nodiscard]] Result<ByteExtent> checkedExtent(const PixelLayout& layout);

/// Also checks that the pixels lie within a segment of that many bytes.
[[nodiscard]] Result<ByteExtent> checkedExtent(const PixelLayout& layout, qint64 segmentBytes);

/// The type and shape of the NumPy array for these pixels. The last axis holds the channels if there are
/// several.
struct NumpyArray
{
    QByteArray type;
    std::vector<qint64> shape;
};

[[nodiscard]] NumpyArray numpyArray(const PixelLayout& layout);

} // namespace shmpix
