#pragma once

#include "common/protocol/pngheader.h"

#include <QImage>
#include <QList>

#include <span>
#include <vector>

namespace shmpix {

/// What a step of the straight reader of PNGs found.
enum class PngStep { Fine, OtherKind, Damaged };

/// Takes the raw bytes of a PNG (a filter byte, then samples, row by row), however they are cut into pieces,
/// and fills an image. For rows without a filter, whose samples have 8 or 16 bits.
class PngRowFiller
{
public:
    explicit PngRowFiller(const PngHeader& header);

    /// Whether there was not enough memory for the image.
    [[nodiscard]] bool isNull() const { return m_image.isNull(); }
    [[nodiscard]] bool complete() const { return m_y == m_header.height; }

    [[nodiscard]] PngStep put(std::span<const std::byte> data);

    /// The image, once; with that palette when it is a palette picture.
    [[nodiscard]] QImage take(QList<QRgb> palette);

private:
    [[nodiscard]] bool needsFourthSample() const;
    [[nodiscard]] std::byte* scanLine() { return reinterpret_cast<std::byte*>(m_image.scanLine(m_y)); }
    void finishRow();

    PngHeader m_header;
    QImage m_image;
    qint64 m_rowBytes;
    std::vector<std::byte> m_wide; ///< a row whose samples QImage keeps wider than the PNG does
    qint64 m_x = -1;               ///< bytes of the row that are there; -1: the filter byte comes next
    int m_y = 0;
    int m_highestIndex = 0;
};

} // namespace shmpix
