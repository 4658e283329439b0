#pragma once

#include "common/base/memory.h"
#include "common/segment/segmentaddress.h"

namespace shmpix {

/// The segment under an address as the memory for a FrameReader.
[[nodiscard]] OpenMemory readableMemory(const SegmentAddress& address);

} // namespace shmpix
