#pragma once

#include "common/base/result.h"

#include <QImage>
#include <QString>

namespace shmpix {

/// Writes a picture to a file in the format that the name's ending says, PNG when it has none. An existing
/// file is replaced, and only once the new one is complete. Any thread but the GUI's. Fails with Usage for an
/// ending that Qt cannot write, NotFound without the folder, NotPermitted or NoSpace.
[[nodiscard]] Result<void> savePicture(const QImage& image, const QString& path);

} // namespace shmpix
