#pragma once

#include "common/base/result.h"
#include "receiver/savefile.h"

#include <QImage>
#include <QString>

namespace shmpix {

/// Saves a picture in the format of the file name extension, or as PNG if there is none. An existing file is
/// replaced once the new one is complete; an existing device or pipe is written to. Any thread but the GUI's.
/// Fails with Usage for a format that Qt cannot write, NotFound if the folder does not exist, NotPermitted,
/// NoSpace, TimedOut or System.
[[nodiscard]] Result<void> savePicture(const QImage& image, const QString& path,
                                       const SaveOptions& options = {});

} // namespace shmpix
