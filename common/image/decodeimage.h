#pragma once

#include "common/base/result.h"

#include <QByteArray>
#include <QImage>

class QIODevice;

namespace shmpix {

/// Raises Qt's limit for decoded pictures to ours, including pictures that Qt decodes itself, such as the
/// clipboard's. decodeImage() also does this. Any thread.
void allowLargeImages();

/// Decodes one picture with Qt's readers, within our limits, and applies the camera's orientation (EXIF).
/// `format` is Qt's name ("png"), or empty to detect it from the content. Any thread. Fails with BadData and
/// Qt's reason. Qt reports success for some truncated files: where that matters, check the length first.
[[nodiscard]] Result<QImage> decodeImage(QIODevice& device, const QByteArray& format = {});

} // namespace shmpix
