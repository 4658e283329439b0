#pragma once

#include "common/base/result.h"
#include "receiver/savewriting.h"

#include <QImage>
#include <QString>

namespace shmpix {

/// Saves a picture in the format that the name's ending says, PNG when it has none. An existing file is
/// replaced, and only once the new one is complete; an existing device or pipe is written into. Any thread
/// but the GUI's. Fails with Usage for an ending that Qt cannot write, NotFound without the folder,
/// NotPermitted, NoSpace, TimedOut or System.
[[nodiscard]] Result<void> savePicture(const QImage& image, const QString& path,
                                       const SaveOptions& options = {});

/// Whether a picture that is saved there goes to this process' standard output, as with /dev/stdout.
[[nodiscard]] bool isSavedToStandardOutput(const QString& path);

} // namespace shmpix
