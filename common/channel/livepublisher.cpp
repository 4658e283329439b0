#include "common/channel/livepublisher.h"

#include "common/channel/livewriteroptions.h"
#include "common/channel/lostshare.h"
#include "common/segment/segment.h"

#include <utility>

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
    auto segment = makeSegmentWriter(request.address, request.existing, request.access);
    if (!segment) {
        return segment.error();
    }
    return std::unique_ptr<LivePublisher>(new LivePublisher(request, std::move(*segment)));
}

LivePublisher::LivePublisher(const LiveRequest& request, std::unique_ptr<SegmentWriter> segment)
    : m_address(request.address)
    , m_segment(std::move(segment))
    , m_frames(*m_segment, optionsFor(request))
{
}

std::optional<Result<QString>> LivePublisher::lookAfter()
{
    m_frames.beat();
    const Presence presence = m_segment->presence();
    if (presence == Presence::There) {
        return std::nullopt;
    }
    const auto renewed =
        presence == Presence::Replaced ? Result<void>(takenBySomebody(m_address)) : m_frames.renew();
    const bool isKnown = std::exchange(m_isLost, !renewed);
    if (!renewed) {
        return isKnown ? std::nullopt : std::optional<Result<QString>>(renewed.error());
    }
    return lossText(m_address, presence);
}

} // namespace shmpix
