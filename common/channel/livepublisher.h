#pragma once

#include "common/live/framewriter.h"
#include "common/segment/segment.h"

namespace shmpix {

/// Where and how to publish live frames.
struct LiveRequest
{
    SegmentAddress address;
    Existing existing = Existing::Respect;
    bool checksums = false;
    AccessRights access = {}; ///< of the first segment
};

/// A stream of live frames under an address: a FrameWriter and the segments for its rings. The address is
/// taken with the first frame and released with the publisher. Used on one thread, not the GUI's.
class LivePublisher
{
public:
    /// Fails with Usage for an address that does not support live frames.
    [[nodiscard]] static Result<std::unique_ptr<LivePublisher>> make(const LiveRequest& request);

    /// Begins and publishes frames. The first begin() fails like SegmentWriter::reserve().
    [[nodiscard]] FrameWriter& frames() { return m_frames; }

    /// Call this every presenceInterval, but not between begin() and publish(). Updates the heartbeat and
    /// restores the stream if its segment was removed or truncated, which readers follow. Nothing if all is
    /// well; otherwise what has happened, in sentences, or the error, reported once: NotOurs if something
    /// else has taken the name. The next call tries again.
    [[nodiscard]] std::optional<Result<QString>> lookAfter();

    /// Keeps the newest frame readable when the publisher is destroyed.
    void keep() { m_segment->keep(); }

private:
    LivePublisher(const LiveRequest& request, std::unique_ptr<SegmentWriter> segment);

    SegmentAddress m_address;
    std::unique_ptr<SegmentWriter> m_segment;
    FrameWriter m_frames;
    bool m_isLost = false; ///< its name belongs to another program or cannot be restored
};

} // namespace shmpix
