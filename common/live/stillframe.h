#pragma once

#include "common/base/bytesource.h"
#include "common/live/ringaccess.h"
#include "common/live/ringformat.h"

namespace shmpix {

/// The newest frame of a ring at one moment, for callers that want one picture without a mapping. The calls
/// copy: find the frame, read it, then check that it is still there.
struct StillFrame
{
    RingHeader ring;
    RingState state = RingState::Open;
    quint64 serial = 0; ///< position in the session, from 1
    SlotEntry entry;
    qint64 pixelsAt = 0; ///< position of the frame's first byte in the source
};

/// Finds the newest frame. Fails with BadData if there is no readable ring, no frame yet, or a damaged frame.
[[nodiscard]] Result<StillFrame> findNewestFrame(ByteSource& source);

/// The error for a sender that overwrites the frames again and again while they are read.
[[nodiscard]] Error senderIsTooFast();

/// Whether the bytes read since the frame was found are whole, because nobody has begun to overwrite it.
[[nodiscard]] bool isStillThere(ByteSource& source, const StillFrame& frame);

} // namespace shmpix
