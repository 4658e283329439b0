#pragma once

#include "common/base/bytesource.h"

#include <QImage>

#include <optional>

namespace shmpix {

/// The result of reading a PNG directly.
struct StoredPng
{
    QImage image;
    qint64 bytes = 0; ///< of the whole file
};

/// Reads a PNG whose data are stored blocks, as StoredPngWriter makes them, in one pass from the source to
/// the image, all checksums verified. Gives nothing for a PNG that is sound as far as read but of another
/// kind: then decode it with Qt. Fails with BadData for a cut or damaged one, or one over the limits.
[[nodiscard]] Result<std::optional<StoredPng>> readStoredPng(ByteSource& source, qint64 offset);

} // namespace shmpix
