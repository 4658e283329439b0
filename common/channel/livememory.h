#pragma once

#include "common/live/framewriter.h"
#include "common/segment/segment.h"

namespace shmpix {

/// A segment as the memory for a FrameWriter. The segment writer must outlive it.
[[nodiscard]] std::unique_ptr<WritableMemory> writableMemory(SegmentWriter& segment);

/// The segment under an address as the memory for a FrameReader.
[[nodiscard]] OpenMemory readableMemory(const SegmentAddress& address);

/// How this process writes live frames.
[[nodiscard]] FrameWriterOptions liveWriterOptions();

} // namespace shmpix
