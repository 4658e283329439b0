#pragma once

#include "common/segment/segmentaddress.h"

namespace shmpix {

/// The files from whose identity the System V keys of a qt: or systemv: address are made.
struct SystemVNames
{
    explicit SystemVNames(const SegmentAddress& address);

    QString segmentFile;   ///< QSharedMemory's native key
    QString semaphoreFile; ///< of the semaphore that QSharedMemory::lock() takes
};

} // namespace shmpix
