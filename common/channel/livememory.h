#pragma once

#include "common/live/framewriter.h"
#include "common/segment/segment.h"

namespace shmpix {

/// A segment as the memory that a FrameWriter asks for. The writer of segments outlives it.
[[nodiscard]] std::unique_ptr<WritableMemory> writableMemory(SegmentWriter& segment);

/// The segment under an address as the memory that a FrameReader asks for.
[[nodiscard]] OpenMemory readableMemory(const SegmentAddress& address);

/// How this process writes live frames.
[[nodiscard]] FrameWriterOptions liveWriterOptions();

} // namespace shmpix
