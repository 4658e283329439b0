#pragma once

#include "common/protocol/bmp/bmpheader.h"

#include <QImage>

namespace shmpix {

/// Fills an Indexed8 image of the header's size from run lengths of 8 or 4 bits (BI_RLE8, BI_RLE4). Pixels
/// that they leave out get colour 0. Returns where they end in the source. Fails with BadData if a run leaves
/// the row, a row leaves the picture, or the data ends too early.
[[nodiscard]] Result<qint64> readRunLengths(ByteSource& source, const BmpHeader& header, QImage& image);

} // namespace shmpix
