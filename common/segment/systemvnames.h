#pragma once

#include "common/segment/segmentaddress.h"

#include <sys/ipc.h>

namespace shmpix {

/// The files whose identity System V keys are made of, for a qt: or systemv: address.
struct SystemVNames
{
    explicit SystemVNames(const SegmentAddress& address);

    QString segmentFile;   ///< QSharedMemory's native key
    QString semaphoreFile; ///< of the semaphore that QSharedMemory::lock() takes
};

/// The key that Qt makes of a key file: ftok(file, 'Q'). Fails with NotFound when there is no such file.
[[nodiscard]] Result<key_t> systemVKey(const QString& file);

/// The same, and makes the file when there is none. Fails with NotPermitted or System when it cannot be made.
[[nodiscard]] Result<key_t> madeSystemVKey(const QString& file);

} // namespace shmpix
