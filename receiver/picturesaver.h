#pragma once

#include "common/base/result.h"

#include <QImage>
#include <QString>

#include <chrono>

namespace shmpix {

/// Saves a picture in the format that the name's ending says, PNG when it has none. An existing file is
/// replaced, and only once the new one is complete; an existing device or pipe is written into, and a pipe
/// that nobody reads yet is waited for so long. Any thread but the GUI's. Fails with Usage for an ending that
/// Qt cannot write, NotFound without the folder, NotPermitted, NoSpace, TimedOut or System.
[[nodiscard]] Result<void> savePicture(const QImage& image, const QString& path,
                                       std::chrono::milliseconds patience = {});

/// Whether a picture that is saved there goes to this process' standard output, as with /dev/stdout.
[[nodiscard]] bool isSavedToStandardOutput(const QString& path);

} // namespace shmpix
