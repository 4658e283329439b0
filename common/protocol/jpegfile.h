#pragma once

#include "common/base/bytesource.h"

#include <QByteArray>

namespace shmpix {

[[nodiscard]] bool beginsLikeJpeg(ByteSource& source);

/// A private copy of the JPEG file at the source's beginning, up to and with its end marker. Takes no more
/// memory than that file, however long the source is. Fails with BadData when the marker is missing, or is
/// farther away than the picture's size allows; Qt's reader tells neither: it shows what there is of a cut
/// file.
[[nodiscard]] Result<QByteArray> copyJpegFile(ByteSource& source);

} // namespace shmpix
