#pragma once

#include "common/live/framewriter.h"
#include "common/protocol/codec.h"
#include "common/segment/segment.h"

#include <optional>

namespace shmpix {

/// What to share, where and how.
struct ShareRequest
{
    QImage image;
    SegmentAddress address;
    ProtocolId protocol;
    Existing existing = Existing::Respect;
    EncodeOptions encode = {};
    AccessRights access = {}; ///< of a segment that is made anew
};

/// What was shared.
struct ShareReport
{
    SegmentAddress address;
    ProtocolId protocol;
    QSize size;
    QString layout; ///< of the picture, in words
    qint64 bytes = 0;
    double milliseconds = 0;
    QString note; ///< what the protocol or the address cannot do, in sentences; else empty
    std::optional<PixelLayout> pixelLayout = {}; ///< what a reader has to be told, if anything
};

/// Puts pictures into a segment, one after the other under the same address or another. What it shared is
/// gone with it. Used on one thread, not the GUI's.
class Publisher
{
public:
    /// Makes the picture ready to be shared, without touching what is shared: what is wrong with the picture,
    /// or does not go through the address, shows here. Any thread.
    [[nodiscard]] static Result<Encoding> prepare(const ShareRequest& request);

    /// Shares a picture that was prepared in the place of the one before. When this fails what was shared
    /// before still is, unless it was to replace what somebody put in our place under the same address.
    [[nodiscard]] Result<ShareReport> share(const ShareRequest& request, const Encoding& encoding);

    /// Both.
    [[nodiscard]] Result<ShareReport> share(const ShareRequest& request);

    /// Shares the last picture again when somebody removed it from under its name. Nothing when it is there,
    /// and nothing more after a failure: NotOurs when something else has taken the name.
    [[nodiscard]] std::optional<Result<ShareReport>> restore();

    /// Removes what is shared.
    void stop();

    /// Leaves what is shared when the publisher goes.
    void keep();

private:
    [[nodiscard]] Result<ShareReport> publish(const ShareRequest& request, const Encoding& encoding);
    [[nodiscard]] Result<std::unique_ptr<SegmentWriter>> writerFor(const ShareRequest& request);

    std::unique_ptr<SegmentWriter> m_writer;
    std::unique_ptr<FrameWriter>
        m_frames; ///< into m_writer's segment, while pictures are shared as live frames
    std::optional<ShareRequest> m_shared;
    bool m_lost = false; ///< its name is somebody else's now
};

} // namespace shmpix
