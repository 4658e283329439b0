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

/// A stream of live frames under an address: a FrameWriter and the segments that its rings lie in. The
/// address is taken with the first frame, and given back with the publisher. Used on one thread, not the
/// GUI's.
class LivePublisher
{
public:
    /// Fails with Usage for an address that live frames cannot go through.
    [[nodiscard]] static Result<std::unique_ptr<LivePublisher>> make(const LiveRequest& request);

    /// To begin and publish frames. The first begin() fails as SegmentWriter::reserve() does.
    [[nodiscard]] FrameWriter& frames() { return m_frames; }

    /// To be called each presenceInterval, and not between begin() and publish(): says that the writer lives,
    /// and puts the stream back when somebody has removed or cut its segment, which readers follow. Nothing
    /// when all is well; else what has happened, in sentences, or why nothing could be done, said once:
    /// NotOurs when something else has taken the name. It is tried again the next time.
    [[nodiscard]] std::optional<Result<QString>> lookAfter();

    /// Leaves the newest frame to be read when the publisher goes.
    void keep() { m_segment->keep(); }

private:
    LivePublisher(const LiveRequest& request, std::unique_ptr<SegmentWriter> segment);

    SegmentAddress m_address;
    std::unique_ptr<SegmentWriter> m_segment;
    FrameWriter m_frames;
    bool m_isLost = false; ///< its name is somebody else's now, or cannot be taken back
};

} // namespace shmpix
