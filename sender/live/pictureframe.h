#pragma once

#include "sender/live/frameslot.h"

namespace shmpix {

/// Decodes a picture file into the next slot of a stream: straight into its memory where Qt's decoder does
/// that, else with one copy. The files are held to the same checks as for sharing a single picture. Fails
/// with NotFound, NotPermitted or BadData for the file, and as the slot does. Not on the GUI thread.
[[nodiscard]] Result<void> decodeIntoSlot(const QString& path, FrameSlot& slot);

} // namespace shmpix
