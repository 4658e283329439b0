#pragma once

#include "common/segment/segmentaddress.h"

#include <sys/ipc.h>

namespace shmpix {

/// The files from whose identity the System V keys of a qt: or systemv: address are made.
struct SystemVNames
{
    explicit SystemVNames(const SegmentAddress& address);

    QString segmentFile;   ///< QSharedMemory's native key
    QString semaphoreFile; ///< of the semaphore that QSharedMemory::lock() takes
};

/// The key that Qt derives from a key file: ftok(file, 'Q'). Fails with NotFound if the file does not exist.
[[nodiscard]] Result<key_t> systemVKey(const QString& file);

/// The same, but creates a missing file. Fails with NotPermitted or System if it cannot be created.
[[nodiscard]] Result<key_t> madeSystemVKey(const QString& file);

} // namespace shmpix
