#pragma once

#include "common/protocol/bmpheader.h"

#include <QImage>

namespace shmpix {

/// Fills an Indexed8 image of the header's size from run lengths of 8 or 4 bits (BI_RLE8, BI_RLE4); pixels
/// that they leave out get colour 0. Gives where in the source they end. Fails with BadData when a run leaves
/// its row, a row the picture, or the data end before the picture does.
[[nodiscard]] Result<qint64> readRunLengths(ByteSource& source, const BmpHeader& header, QImage& image);

} // namespace shmpix
