#pragma once

#include "common/base/bytesource.h"
#include "common/live/ringaccess.h"
#include "common/live/ringformat.h"

namespace shmpix {

/// The newest frame of a ring at one moment, for those who want one picture and do not map anything: found by
/// calls that copy, read by the caller, and then asked for again.
struct StillFrame
{
    RingHeader ring;
    RingState state = RingState::Open;
    quint64 serial = 0; ///< its place in the session, from 1
    SlotEntry entry;
    qint64 pixelsAt = 0; ///< where the frame's first byte is in the source
};

/// Finds it. Fails with BadData where there is no ring, none that can be read, no frame yet, or a damaged
/// one.
[[nodiscard]] Result<StillFrame> findNewestFrame(ByteSource& source);

/// What is said when the sender is a round ahead again and again.
[[nodiscard]] Error senderIsTooFast();

/// Whether what was read of the frame since it was found is whole: nobody has begun to overwrite it.
[[nodiscard]] bool isStillThere(ByteSource& source, const StillFrame& frame);

} // namespace shmpix
