#pragma once

#include "common/live/framewriter.h"

namespace shmpix {

/// How this process writes live frames.
[[nodiscard]] FrameWriterOptions liveWriterOptions();

} // namespace shmpix
