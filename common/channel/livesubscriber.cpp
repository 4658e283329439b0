#include "common/channel/livesubscriber.h"

#include "common/base/memorysource.h"
#include "common/base/monotonicclock.h"
#include "common/base/onelinetext.h"
#include "common/base/outofmemory.h"
#include "common/channel/livememory.h"
#include "common/image/freshimage.h"
#include "common/image/layoutname.h"
#include "common/image/readpixels.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

using namespace std::chrono_literals;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LiveSubscriber)
};

constexpr auto ringLookInterval = 250ms; ///< how often to check for live frames in place of a foreign segment

/// If the user names no protocol, live frames and everything else are looked for, provided that live frames
/// can exist there.
bool isRingWanted(const LoadRequest& request)
{
    return request.protocol ? request.protocol == ProtocolId::Live
                            : checkViewable(request.address).has_value();
}

LiveFrame toFrame(const LoadRequest& request, const FrameInfo& info, const RingHeader& ring, QImage image)
{
    const SlotEntry& entry = info.entry;
    LoadedPicture picture{std::move(image), request.address, ProtocolId::Live, {}, {}, {}};
    picture.reason = Text::tr("Live frames: %1").arg(pixelFormatTitle(entry.layout.format));
    picture.layout = layoutName(picture.image);
    picture.bytes = entry.bytes;
    picture.segmentBytes = ring.size;
    picture.pixelLayout = entry.layout;
    return {std::move(picture), entry.number,   entry.captured,
            entry.published,    monotonicNow(), onOneLine(QString::fromUtf8(entry.metadata))};
}

} // namespace

LiveSubscriber::LiveSubscriber(LoadRequest request, std::size_t latencyWindow)
    : m_request(std::move(request))
    , m_mayBeRing(isRingWanted(m_request))
    , m_frames(readableMemory(m_request.address))
    , m_latencies(latencyWindow)
{
    if (!m_mayBeRing) {
        m_foreign.emplace(m_request);
    }
}

bool LiveSubscriber::wait(MonotonicClock::time_point deadline, const std::stop_token& stop)
{
    if (!m_foreign) {
        const bool isNew = m_frames.wait(deadline, stop);
        if (m_frames.state() == StreamState::Foreign && m_request.protocol != ProtocolId::Live) {
            m_foreign.emplace(m_request);
            m_nextRingLook = MonotonicClock::now() + ringLookInterval;
        }
        return isNew && !m_foreign;
    }
    return waitForForeign(deadline, stop);
}

bool LiveSubscriber::waitForForeign(MonotonicClock::time_point deadline, const std::stop_token& stop)
{
    for (;;) {
        const auto now = MonotonicClock::now();
        if (m_mayBeRing && now >= m_nextRingLook) {
            m_nextRingLook = now + ringLookInterval;
            const bool isNew = m_frames.wait(now, stop);
            if (m_frames.state() == StreamState::Open || m_frames.state() == StreamState::Closed) {
                m_foreign.reset();
                m_foreignError.reset();
                return isNew;
            }
        }
        const auto until = m_mayBeRing ? std::min(deadline, m_nextRingLook) : deadline;
        if (m_foreign->wait(until, stop)) {
            return true;
        }
        if (MonotonicClock::now() >= deadline || stop.stop_requested()) {
            return false;
        }
    }
}

Result<std::optional<LiveFrame>> LiveSubscriber::take(const TimeLimit& limit)
{
    return m_foreign ? takeForeign(limit) : takeFrame();
}

Result<void> LiveSubscriber::fill(QImage& image, const SlotEntry& entry, std::span<const std::byte> bytes,
                                  QString& note)
{
    const QSize size(int(entry.layout.width), int(entry.layout.height));
    const QImage::Format format = imageFormat(entry.layout.format);
    if (image.size() != size || image.format() != format) {
        image = m_pool.take(size, format);
    }
    if (image.isNull()) {
        return noMemoryFor(size);
    }
    MemorySource source(bytes);
    auto read = readPixelsInto(image, source, entry.layout);
    if (!read) {
        return read.error();
    }
    note = std::move(*read);
    return {};
}

Result<std::optional<LiveFrame>> LiveSubscriber::takeFrame()
{
    return orOutOfMemory([this]() -> Result<std::optional<LiveFrame>> {
        QImage image;
        QString note;
        auto info =
            m_frames.visit([this, &image, &note](const SlotEntry& entry, std::span<const std::byte> bytes) {
                return fill(image, entry, bytes, note);
            });
        if (!info) {
            return info.error();
        }
        if (!*info) {
            if (!image.isNull()) {
                m_pool.lend(image); // nobody else has the image: it is free at once
            }
            return std::optional<LiveFrame>();
        }
        if (m_flip != Flip::None) {
            image = flipped(std::move(image), m_flip);
        }
        m_pool.lend(image);
        auto frame = toFrame(m_request, **info, *m_frames.ring(), std::move(image));
        frame.picture.note = std::move(note);
        count(frame, (*info)->serial);
        return std::optional(std::move(frame));
    });
}

Result<std::optional<LiveFrame>> LiveSubscriber::takeForeign(const TimeLimit& limit)
{
    const quint64 tornBefore = m_foreign->torn();
    auto loaded = m_foreign->read(limit);
    m_foreignCounts.torn += m_foreign->torn() - tornBefore;
    if (!loaded) {
        m_foreignError = loaded.error();
        const bool isAbsent = loaded.error().code == ErrorCode::NotFound;
        m_foreignCounts.damaged += isAbsent ? 0 : 1;
        return isAbsent ? Result<std::optional<LiveFrame>>(std::nullopt) : loaded.error();
    }
    if (!*loaded) {
        return std::optional<LiveFrame>();
    }
    if ((*loaded)->protocol == ProtocolId::Live) { // a ring has replaced the segment
        m_foreign.reset();
        return std::optional<LiveFrame>();
    }
    m_foreignError.reset();
    ++m_foreignCounts.frames;
    LiveFrame frame{std::move(**loaded), {}, 0, 0, monotonicNow(), {}};
    frame.picture.milliseconds = 0;
    if (m_flip != Flip::None) {
        frame.picture.image = flipped(std::move(frame.picture.image), m_flip);
    }
    count(frame, m_foreignCounts.frames);
    return std::optional(std::move(frame));
}

void LiveSubscriber::count(const LiveFrame& frame, quint64 serial)
{
    m_rate.add(m_frames.statistics().frames + m_foreignCounts.frames, frame.read);
    m_latencies.add(frame.published, frame.read);
    if (frame.published <= frame.read) {
        m_sourceRate.add(serial, frame.published);
    }
}

LiveState LiveSubscriber::state() const
{
    if (m_foreign) {
        const bool isThere = m_foreignCounts.frames > 0 && !m_foreignError;
        const bool isAbsent = !m_foreignError || m_foreignError->code == ErrorCode::NotFound;
        return isThere ? LiveState::Foreign : isAbsent ? LiveState::Waiting : LiveState::Refused;
    }
    switch (m_frames.state()) {
    case StreamState::Open:
        return LiveState::Live;
    case StreamState::Closed:
        return LiveState::Closed;
    case StreamState::Refused:
    case StreamState::Foreign:
        return LiveState::Refused;
    case StreamState::Absent:
        break;
    }
    return LiveState::Waiting;
}

Error LiveSubscriber::reason() const
{
    return m_foreignError.value_or(m_frames.reason());
}

std::optional<qint64> LiveSubscriber::sinceHeartbeat() const
{
    const qint64 beat = m_foreign ? 0 : m_frames.heartbeat();
    const qint64 now = monotonicNow();
    return beat > 0 && beat <= now ? std::optional(now - beat) : std::nullopt;
}

LiveStatistics LiveSubscriber::statistics() const
{
    FrameStatistics counts = m_frames.statistics();
    counts.frames += m_foreignCounts.frames;
    counts.torn += m_foreignCounts.torn;
    counts.damaged += m_foreignCounts.damaged;
    const qint64 now = monotonicNow();
    return {counts, m_sourceRate.perSecond(now), m_rate.perSecond(now), m_latencies.spread()};
}

} // namespace shmpix
