#pragma once

#include "common/base/result.h"

#include <QString>

#include <sys/ipc.h>

namespace shmpix {

/// The key that Qt derives from a key file: ftok(file, 'Q'). Fails with NotFound if the file does not exist.
[[nodiscard]] Result<key_t> systemVKey(const QString& file);

/// The same, but creates a missing file. Fails with NotPermitted or System if it cannot be created.
[[nodiscard]] Result<key_t> madeSystemVKey(const QString& file);

} // namespace shmpix
