#pragma once

#include "common/base/bytesource.h"

#include <QByteArray>

namespace shmpix {

[[nodiscard]] bool beginsLikeJpeg(ByteSource& source);

/// A private copy of the JPEG file at the beginning of the source, up to and including its end marker. Takes
/// no more memory than that file, however long the source is. Fails with BadData if the marker is missing or
/// farther away than the picture's size allows. Qt's reader reports neither and shows a truncated file in
/// part.
[[nodiscard]] Result<QByteArray> copyJpegFile(ByteSource& source);

} // namespace shmpix
