#pragma once

#include "common/image/rowconverter.h"
#include "common/protocol/png/pngformat.h"

#include <QImage>

#include <cstddef>
#include <span>

namespace shmpix {

/// Writes a picture as a PNG with stored, uncompressed data: any PNG reader reads it, and writing costs about
/// one copy of the pixels. In shared memory, time matters more than size. Keeps a reference to the picture's
/// pixels. Preserves 8 and 16 bits per channel, palette, grey and alpha.
class StoredPngWriter
{
public:
    explicit StoredPngWriter(const QImage& image);

    /// The exact size of the file.
    [[nodiscard]] qint64 bytes() const;

    /// Writes the file; `out` has bytes() bytes.
    void write(std::span<std::byte> out) const;

private:
    /// How a QImage format is stored in a PNG.
    struct Layout
    {
        QImage::Format rows;      ///< the format for reading rows
        png::ColorType colorType; ///< the PNG's
        int bitDepth;             ///< the PNG's
        int bytesPerPixel;        ///< the PNG's
    };
    [[nodiscard]] static Layout layoutFor(const QImage& image);
    [[nodiscard]] qint64 rawRowBytes() const;
    [[nodiscard]] qint64 rowsPerBlock() const; ///< 0 if a row is longer than a block
    [[nodiscard]] qint64 dataBytes() const;
    [[nodiscard]] bool hasTransparency() const;

    QImage m_image;
    Layout m_layout;
};

} // namespace shmpix
