#include "sender/stream/sendstream.h"

#include "common/app/defaults.h"
#include "common/base/monotonicclock.h"
#include "common/base/quantitytext.h"
#include "common/segment/livingowner.h"

#include "sender/stream/framepreview.h"

#include <cmath>

namespace shmpix {

namespace {

constexpr std::chrono::milliseconds previewInterval{66};
constexpr std::chrono::milliseconds takeOverTimeout{2000};

} // namespace

SendStream::SendStream(StreamRequest request, LiveListener listener)
    : m_request(std::move(request))
    , m_listener(std::move(listener))
    , m_wishes{false, false, false, 0, m_request.fps, m_request.loop, m_request.keep}
    , m_thread(QThread::create([this] { run(); }))
{
    m_thread->start();
}

SendStream::~SendStream()
{
    stop();
    m_thread->wait();
}

template <class Change>
void SendStream::change(Change change)
{
    {
        const std::lock_guard lock(m_mutex);
        change(m_wishes);
    }
    m_changed.notify_all();
}

void SendStream::enter()
{
    change([](Wishes& wishes) { wishes.enters = true; });
}

void SendStream::stop()
{
    change([](Wishes& wishes) { wishes.stops = true; });
}

void SendStream::removeAtEnd()
{
    change([](Wishes& wishes) { wishes.keeps = false; });
}

void SendStream::setPaused(bool paused)
{
    change([paused](Wishes& wishes) {
        wishes.pauses = paused;
        wishes.steps = 0;
    });
}

void SendStream::step()
{
    change([](Wishes& wishes) { ++wishes.steps; });
}

void SendStream::setRate(double fps)
{
    change([fps](Wishes& wishes) { wishes.fps = fps; });
}

void SendStream::setLoop(bool loop)
{
    change([loop](Wishes& wishes) { wishes.loop = loop; });
}

SendStream::Wishes SendStream::wishes() const
{
    const std::lock_guard lock(m_mutex);
    return m_wishes;
}

/// Waits until the given time, or until the wishes differ from the ones seen.
void SendStream::waitUntil(MonotonicClock::time_point time, const Wishes& seen)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_until(lock, time, [this, &seen] { return m_wishes != seen; });
}

/// How long the last frame is shown.
std::chrono::nanoseconds SendStream::duration(const Wishes& wishes) const
{
    return wishes.fps > 0 ? std::chrono::duration_cast<std::chrono::nanoseconds>(
                                std::chrono::duration<double>(1 / wishes.fps))
                          : m_sourceDuration;
}

void SendStream::run()
{
    auto error = stream();
    m_listener.ended(std::move(error));
}

std::optional<Error> SendStream::stream()
{
    auto source = makeFrameSource(m_request.source);
    if (!source) {
        return source.error();
    }
    auto publisher =
        LivePublisher::make({m_request.address, m_request.existing, m_request.checksums, m_request.access});
    if (!publisher) {
        return publisher.error();
    }
    auto error = publishFrames(**publisher, **source);
    if (wishes().keeps) {
        (*publisher)->keep();
    }
    return error;
}

/// Waits for enter(). Returns false if the stream was stopped before.
bool SendStream::mayEnter()
{
    if (!m_listener.ready) {
        return true;
    }
    m_listener.ready();
    for (;;) {
        const Wishes wishes = this->wishes();
        if (wishes.stops || wishes.enters) {
            return !wishes.stops;
        }
        waitUntil(MonotonicClock::now() + presenceInterval, wishes);
    }
}

/// Takes the address. A first frame exists, so the previous segment may now be removed.
Result<void> SendStream::enterStream(LivePublisher& publisher, FrameSlot& slot) const
{
    if (m_request.takeOver) {
        if (auto ended = endLivingOwner(m_request.address, takeOverTimeout); !ended) {
            return ended.error();
        }
    }
    return slot.moveTo(publisher.frames());
}

std::optional<Error> SendStream::publishFrames(LivePublisher& publisher, FrameSource& source)
{
    FrameSlot slot;
    for (;;) {
        lookAfter(publisher, slot);
        const Wishes wishes = this->wishes();
        if (wishes.stops) {
            return std::nullopt;
        }
        const bool isStep = wishes.pauses && wishes.steps > 0;
        if (wishes.pauses && !isStep) {
            m_pace.restart();
            waitUntil(m_lookAt, wishes);
            continue;
        }
        const auto due = m_pace.due(duration(wishes));
        if (!isStep && MonotonicClock::now() < due) {
            waitUntil(std::min(due, m_lookAt), wishes);
            continue;
        }
        const qint64 began = monotonicNow();
        auto step = source.next(slot, {std::chrono::milliseconds(50), wishes.loop});
        if (!step) {
            return step.error();
        }
        if (!step->warning.isEmpty()) {
            m_listener.warned(step->warning);
        }
        if (step->kind == SourceStep::Kind::End) {
            return std::nullopt;
        }
        if (step->kind == SourceStep::Kind::Frame) {
            if (!slot.isInStream()) {
                if (!mayEnter()) {
                    return std::nullopt;
                }
                if (auto entered = enterStream(publisher, slot); !entered) {
                    return entered.error();
                }
            }
            slot.note.captured = began;
            m_pace.published(duration(wishes), MonotonicClock::now());
            m_sourceDuration = step->duration;
            m_figures.duration = duration(wishes);
            publish(slot);
            if (isStep) {
                change([](Wishes& now) { now.steps = std::max(0, now.steps - 1); });
            }
        }
    }
}

void SendStream::publish(FrameSlot& slot)
{
    m_figures.layout = slot.layout();
    m_figures.bytes = qint64(slot.bytes().size());
    preview(slot);
    slot.publish();
    m_flow.add(m_figures.bytes);
    if (++m_figures.frames == 1) {
        m_listener.started(m_figures);
    }
}

void SendStream::lookAfter(LivePublisher& publisher, FrameSlot& slot)
{
    const auto now = MonotonicClock::now();
    if (now < m_lookAt) {
        return;
    }
    m_lookAt = now + presenceInterval;
    if (const auto happened = publisher.lookAfter()) {
        slot.drop(); // its memory may be gone
        m_listener.warned(*happened ? **happened : happened->error().text);
    }
    m_flow.update(now);
    m_figures.fps = m_flow.fps();
    m_figures.bytesPerSecond = m_flow.bytesPerSecond();
    if (m_figures.frames > 0) {
        m_listener.went(m_figures);
    }
}

void SendStream::preview(const FrameSlot& slot)
{
    const auto now = MonotonicClock::now();
    if (m_request.previewSide <= 0 || now < m_previewAt) {
        return;
    }
    m_previewAt = now + previewInterval;
    const PixelLayout& layout = slot.layout();
    QStringList facts = {slot.note.text.isEmpty() ? sourceName(m_request.source)
                                                  : QString::fromUtf8(slot.note.text),
                         sizeText({int(layout.width), int(layout.height)}), pixelFormatTitle(layout.format)};
    facts.removeAll(QString());
    m_listener.previewed(previewOf(layout, slot.bytes(), m_request.previewSide),
                         facts.join(QStringLiteral(" · ")));
}

} // namespace shmpix
