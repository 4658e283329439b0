#include "common/channel/livepublisher.h"

#include "common/channel/livememory.h"
#include "common/channel/lostshare.h"
#include "common/segment/segmentview.h"

namespace shmpix {

namespace {

FrameWriterOptions optionsFor(const LiveRequest& request)
{
    FrameWriterOptions options = liveWriterOptions();
    options.checksums = request.checksums;
    return options;
}

} // namespace

Result<std::unique_ptr<LivePublisher>> LivePublisher::make(const LiveRequest& request)
{
    if (auto usable = checkViewable(request.address); !usable) {
        return usable.error();
    }
    auto segment = makeSegmentWriter(request.address, request.existing);
    if (!segment) {
        return segment.error();
    }
    return std::unique_ptr<LivePublisher>(new LivePublisher(request, std::move(*segment)));
}

LivePublisher::LivePublisher(const LiveRequest& request, std::unique_ptr<SegmentWriter> segment)
    : m_address(request.address)
    , m_segment(std::move(segment))
    , m_frames(writableMemory(*m_segment), optionsFor(request))
{
}

std::optional<Result<QString>> LivePublisher::lookAfter()
{
    m_frames.beat();
    const Presence presence = m_isLost ? Presence::There : m_segment->presence();
    if (presence == Presence::There) {
        return std::nullopt;
    }
    if (presence == Presence::Replaced) {
        m_isLost = true;
        return takenBySomebody(m_address);
    }
    if (auto renewed = m_frames.renew(); !renewed) {
        m_isLost = true;
        return renewed.error();
    }
    return lossText(m_address, presence);
}

} // namespace shmpix
