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
/// The first row begins at byte `offset`, each further one `stride` bytes behind the one before; a negative
/// stride goes back through memory, so that `offset` names the row that lies last. With `bottom-up` the first
/// row is the picture's lowest. nv12's second plane begins where the row behind the last would, with the same
/// stride.
struct PixelLayout
{
    qint64 width = 0;
    qint64 height = 0;
    PixelFormat format;
    qint64 stride = 0; ///< bytes; 0: rows without padding
    qint64 offset = 0; ///< bytes
    bool bottomUp = false;

    /// Bytes from a row to the next.
    [[nodiscard]] qint64 step() const { return stride != 0 ? stride : rowBytes(format, width); }

    friend bool operator==(const PixelLayout&, const PixelLayout&) = default;
};

/// The text form; without a size for a layout of 0 × 0.
[[nodiscard]] QString layoutText(const PixelLayout& layout);

/// The layout of a text. Fails with Usage, saying which part is wrong.
[[nodiscard]] Result<PixelLayout> parseLayout(const QString& text);

/// The same, for a picture that is there: its size may be left out of the text ("bgr8,stride=2048"), and is
/// 0 × 0 then.
[[nodiscard]] Result<PixelLayout> parseLayoutOfPicture(const QString& text);

/// The bytes that the pixels take: from the first to one past the last.
struct ByteExtent
{
    qint64 begin = 0;
    qint64 end = 0;

    [[nodiscard]] qint64 bytes() const { return end - begin; }
};

/// Checks a layout of any values, also those read from a peer, without regard to a segment. Fails with
/// BadData for an empty picture, one over the limits, rows that overlap, and an offset before the beginning.
[[nodiscard]] Result<ByteExtent> checkedExtent(const PixelLayout& layout);

/// The same, and that the pixels lie within a segment of so many bytes.
[[nodiscard]] Result<ByteExtent> checkedExtent(const PixelLayout& layout, qint64 segmentBytes);

/// The array that NumPy needs for these pixels: its type and its shape; its last axis is the channels, if
/// there are several.
struct NumpyArray
{
    QByteArray type;
    std::vector<qint64> shape;
};

[[nodiscard]] NumpyArray numpyArray(const PixelLayout& layout);

} // namespace shmpix
