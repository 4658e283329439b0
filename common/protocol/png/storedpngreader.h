#pragma once

#include "common/base/bytesource.h"

#include <QImage>

#include <optional>

namespace shmpix {

/// The result of reading a PNG directly.
struct StoredPng
{
    QImage image;
    qint64 bytes = 0; ///< length of the whole file
};

/// Reads a PNG whose data consists of stored blocks, as StoredPngWriter makes them, in one pass from the
/// source to the image, and verifies all checksums. Returns nothing for a PNG of another kind that is valid
/// so far; decode it with Qt. Fails with BadData for a PNG that is truncated, damaged or over the limits.
[[nodiscard]] Result<std::optional<StoredPng>> readStoredPng(ByteSource& source, qint64 offset);

} // namespace shmpix
