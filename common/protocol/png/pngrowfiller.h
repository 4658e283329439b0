#pragma once

#include "common/protocol/png/pngheader.h"

#include <QImage>
#include <QList>

#include <span>
#include <vector>

namespace shmpix {

/// The result of a step in reading a PNG directly.
enum class PngStep { Fine, OtherKind, Damaged };

/// Takes the raw bytes of a PNG (a filter byte, then samples, row by row) in pieces of any size, and fills an
/// image. Supports rows without a filter and samples of 8 or 16 bits.
class PngRowFiller
{
public:
    explicit PngRowFiller(const PngHeader& header);

    /// Whether there was not enough memory for the image.
    [[nodiscard]] bool isNull() const { return m_image.isNull(); }
    [[nodiscard]] bool complete() const { return m_y == m_header.height; }

    [[nodiscard]] PngStep put(std::span<const std::byte> data);

    /// Returns the image; call this only once. A palette picture gets the given palette.
    [[nodiscard]] QImage take(QList<QRgb> palette);

private:
    [[nodiscard]] bool needsFourthSample() const;
    [[nodiscard]] std::byte* scanLine() { return reinterpret_cast<std::byte*>(m_image.scanLine(m_y)); }
    void finishRow();

    PngHeader m_header;
    QImage m_image;
    qint64 m_rowBytes;
    std::vector<std::byte> m_wide; ///< a row whose samples are wider in QImage than in the PNG
    qint64 m_x = -1;               ///< bytes of the row so far; -1: the filter byte comes next
    int m_y = 0;
    int m_highestIndex = 0;
};

} // namespace shmpix
