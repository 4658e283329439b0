#pragma once

#include "sender/stream/frameslot.h"

namespace shmpix {

/// Decodes a picture file into the next slot of a stream: directly into its memory if Qt's decoder can do
/// that, otherwise with one copy. Files undergo the same checks as when sharing a single picture. Fails with
/// NotFound, NotPermitted or BadData for the file, and like the slot. Not on the GUI thread.
[[nodiscard]] Result<void> decodeIntoSlot(const QString& path, FrameSlot& slot);

} // namespace shmpix
