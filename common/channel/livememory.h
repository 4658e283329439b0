#pragma once

#include "common/live/framewriter.h"
#include "common/segment/segmentaddress.h"

namespace shmpix {

/// The segment under an address as the memory for a FrameReader.
[[nodiscard]] OpenMemory readableMemory(const SegmentAddress& address);

/// How this process writes live frames.
[[nodiscard]] FrameWriterOptions liveWriterOptions();

} // namespace shmpix
