#pragma once

#include "common/base/result.h"

#include <QByteArray>
#include <QImage>

class QIODevice;

namespace shmpix {

/// Raises Qt's limit for decoded pictures to ours, also for those that Qt decodes by itself, such as the
/// clipboard's. decodeImage() does it too. Any thread.
void allowLargeImages();

/// Decodes one picture with Qt's readers, within our limits and with the orientation that a camera
/// noted (EXIF) applied. `format` is Qt's name ("png"), empty to go by the content. Runs on any thread.
/// Fails with BadData and Qt's reason. Qt calls some cut files a success: where that matters, check the
/// length first.
[[nodiscard]] Result<QImage> decodeImage(QIODevice& device, const QByteArray& format = {});

} // namespace shmpix
