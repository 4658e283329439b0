#pragma once

#include "common/base/result.h"

#include <QString>

namespace shmpix {

/// Checks that a picture file can be opened, and returns its size in bytes. Opens no device, which may have
/// side effects. Any thread but the GUI's. Fails with NotFound, NotPermitted, Usage, BadData for what is no
/// file or empty, or System.
[[nodiscard]] Result<qint64> checkPictureFile(const QString& path);

} // namespace shmpix
