#pragma once

#include "common/base/bytesource.h"

#include <QByteArray>

namespace shmpix {

[[nodiscard]] bool beginsLikeJpeg(ByteSource& source);

/// A private copy of the JPEG file at the source's beginning, up to and with its end marker. Fails with
/// BadData when the marker is missing, which Qt's reader does not tell: it shows what there is of a cut file.
[[nodiscard]] Result<QByteArray> copyJpegFile(ByteSource& source);

} // namespace shmpix
