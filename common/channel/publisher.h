#pragma once

#include "common/live/framewriter.h"
#include "common/protocol/codec.h"
#include "common/segment/segment.h"

#include <optional>

namespace shmpix {

/// What to share, where, and how.
struct ShareRequest
{
    QImage image;
    SegmentAddress address;
    ProtocolId protocol;
    Existing existing = Existing::Respect;
    EncodeOptions encode = {};
    AccessRights access = {}; ///< for a newly created segment
};

/// A report on what was shared.
struct ShareReport
{
    SegmentAddress address;
    ProtocolId protocol;
    QSize size;
    QString layout; ///< of the picture, in words
    qint64 bytes = 0;
    double milliseconds = 0;
    QString note; ///< limitations of the protocol or the address, in sentences; may be empty
    std::optional<PixelLayout> pixelLayout = {}; ///< what a reader needs to know, if anything
};

/// Publishes pictures one after another, under the same address or different ones. The destructor removes
/// what is shared. Used on one thread, not the GUI's.
class Publisher
{
public:
    /// Prepares the picture without touching what is shared. Fails here if the picture is not valid or cannot
    /// be shared under the address. Any thread.
    [[nodiscard]] static Result<Encoding> prepare(const ShareRequest& request);

    /// Shares a prepared picture in place of the previous one. On failure, the previous one stays shared,
    /// unless the new one was to replace what another program put under the same address.
    [[nodiscard]] Result<ShareReport> share(const ShareRequest& request, const Encoding& encoding);

    /// Prepares and shares the picture.
    [[nodiscard]] Result<ShareReport> share(const ShareRequest& request);

    /// Shares the last picture again if another program removed its name. Does nothing if it is still there,
    /// or after an earlier failure. Fails with NotOurs if something else has taken the name.
    [[nodiscard]] std::optional<Result<ShareReport>> restore();

    /// Removes what is shared.
    void stop();

    /// Keeps what is shared when the publisher is destroyed.
    void keep();

private:
    [[nodiscard]] Result<ShareReport> publish(const ShareRequest& request, const Encoding& encoding);
    [[nodiscard]] Result<std::unique_ptr<SegmentWriter>> writerFor(const ShareRequest& request);

    std::unique_ptr<SegmentWriter> m_writer;
    std::unique_ptr<FrameWriter>
        m_frames; ///< into m_writer's segment, while pictures are shared as live frames
    std::optional<ShareRequest> m_shared;
    bool m_lost = false; ///< its name belongs to another program
};

} // namespace shmpix
