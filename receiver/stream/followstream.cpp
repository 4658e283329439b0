#include "receiver/stream/followstream.h"

#include "common/base/monotonicclock.h"

#include <algorithm>

namespace shmpix {

namespace {

using namespace std::chrono_literals;
constexpr qint64 second = 1'000'000'000;
constexpr qint64 silenceIsToldAfter = 3 * second;
constexpr qint64 senderLives =
    2 * second; ///< the longest time since the last heartbeat; a sender sends at least one a second
constexpr double usualScreenRate = 60;

} // namespace

FollowStream::FollowStream(QObject* parent)
    : QObject(parent)
{
    setScreenRate(usualScreenRate);
}

FollowStream::~FollowStream()
{
    stop();
    m_threads.clear(); // joins
}

void FollowStream::start(const LoadRequest& request)
{
    stop();
    m_address = request.address.toString();
    m_view = {};
    m_said = {};
    m_isFrozen = m_isStepping = false;
    m_shownRate.clear();
    m_latencies.clear();
    // Shared ownership, because a thread that was told to end may still report about a loop that is no longer
    // ours.
    auto self = std::make_shared<std::weak_ptr<LiveLoop>>();
    const auto post = [this](auto function) {
        QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
    };
    m_loop = std::make_shared<LiveLoop>(
        request, LiveLoop::Listener{[this, self, post](LiveFrame frame, Flip flip) {
                                        post([this, loop = self->lock(), frame = std::move(frame), flip] {
                                            take(loop, frame, flip);
                                        });
                                    },
                                    [this, self, post](const LiveStatus& status) {
                                        post([this, loop = self->lock(), status] { update(loop, status); });
                                    }});
    *self = m_loop;
    m_threads.push_back({m_loop, std::jthread([this, post, loop = m_loop](const std::stop_token& stopped) {
                             loop->run(stopped);
                             post([this, loop] { forget(loop); });
                         })});
    sayState();
    ask();
}

void FollowStream::stop()
{
    if (m_loop) {
        m_loop.reset();
        m_isPending = false;
        m_threads.back().thread.request_stop();
    }
}

void FollowStream::forget(const std::shared_ptr<LiveLoop>& loop)
{
    std::erase_if(m_threads, [&loop](const Running& running) { return running.loop == loop; });
}

void FollowStream::setWatched(bool watched)
{
    if (watched != m_isWatched) {
        m_isWatched = watched;
        m_isPending = false; // a frame that is shown later does not count as this one
        ask();
    }
}

void FollowStream::setFrozen(bool frozen)
{
    if (frozen != m_isFrozen) {
        m_isFrozen = frozen;
        m_isStepping = false;
        ask();
        sayState();
        Q_EMIT viewChanged();
    }
}

void FollowStream::step()
{
    setFrozen(true);
    m_isStepping = true;
    ask();
}

void FollowStream::setFlip(Flip flip)
{
    m_flip = flip;
    ask();
}

void FollowStream::setScreenRate(double perSecond)
{
    const double rate = perSecond >= 1 ? std::min(perSecond, 1000.) : usualScreenRate;
    // Slightly less, so that a frame that arrives just before a screen refresh does not have to wait for the
    // next refresh.
    m_pause = std::chrono::duration_cast<MonotonicClock::duration>(std::chrono::duration<double>(0.9 / rate));
}

/// Lets the loop know whether there is room for a frame.
void FollowStream::ask()
{
    if (!m_loop || m_isPending) {
        return;
    }
    if (m_isWatched && (!m_isFrozen || m_isStepping)) {
        m_loop->demand(m_flip, m_lastTaken + m_pause);
    } else {
        m_loop->withdraw();
    }
}

void FollowStream::take(const std::shared_ptr<LiveLoop>& loop, const LiveFrame& frame, Flip flip)
{
    if (loop != m_loop || !m_isWatched || (m_isFrozen && !m_isStepping)) {
        return; // the frame was already on its way when it was no longer wanted
    }
    m_isStepping = false;
    m_isPending = true;
    m_published = frame.published;
    m_lastTaken = MonotonicClock::now();
    m_view.number = frame.number;
    m_view.hasFrame = true;
    Q_EMIT frameCame(frame, flip);
}

void FollowStream::shown()
{
    if (!m_isPending) {
        return;
    }
    m_isPending = false;
    const qint64 now = monotonicNow();
    ++m_shownFrames;
    m_shownRate.add(m_shownFrames, now);
    m_latencies.add(m_published, now);
    ask();
}

void FollowStream::update(const std::shared_ptr<LiveLoop>& loop, const LiveStatus& status)
{
    if (loop != m_loop) {
        return;
    }
    m_view.status = status;
    m_view.shownRate = m_shownRate.perSecond(monotonicNow());
    m_view.shownLatency = m_latencies.spread();
    sayState();
    Q_EMIT viewChanged();
}

bool FollowStream::isCurrent() const
{
    const LiveState state = m_view.status.state;
    return m_view.hasFrame && (state == LiveState::Live || state == LiveState::Foreign);
}

void FollowStream::sayState()
{
    Message message = messageFor(m_view.status);
    if (message != m_said) {
        m_said = std::move(message);
        Q_EMIT said(m_said);
    }
}

/// Describes the current picture while no new one arrives.
QString FollowStream::whatStays() const
{
    return m_isFrozen ? tr("The picture stays frozen.")
                      : tr("The last picture stays until the next one arrives.");
}

Message FollowStream::messageFor(const LiveStatus& status) const
{
    using Kind = Message::Kind;
    if (m_isFrozen && isCurrent()) {
        return {Kind::Info, tr("Frozen: this picture from %1 stays until you press Space to continue, or the "
                               "full stop for the next picture.")
                                .arg(m_address)};
    }
    switch (status.state) {
    case LiveState::Waiting:
        return {Kind::Busy,
                m_view.hasFrame
                    ? tr("Nothing is shared under %1 any longer. %2").arg(m_address, whatStays())
                    : tr("Waiting for a picture under %1. It will be shown as soon as it arrives.")
                          .arg(m_address)};
    case LiveState::Closed:
        return {Kind::Info, tr("The sender has closed the stream under %1. %2").arg(m_address, whatStays())};
    case LiveState::Refused:
        return {Kind::Error,
                m_view.hasFrame ? tr("%1 %2").arg(status.reason.text, whatStays()) : status.reason.text};
    case LiveState::Foreign:
        return {Kind::Info,
                tr("Live from %1, unverified: the sender does not number its frames.").arg(m_address)};
    case LiveState::Live:
        break;
    }
    if (status.sinceNews < silenceIsToldAfter) {
        return {Kind::Success, tr("Live from %1.").arg(m_address)};
    }
    // In steps, because a screen reader reads each changed message aloud.
    const qint64 silent =
        status.sinceNews < 10 * second ? silenceIsToldAfter / second : status.sinceNews / (10 * second) * 10;
    if (status.sinceHeartbeat && *status.sinceHeartbeat < senderLives) {
        return {Kind::Info,
                tr("No new frame for %1 s. The sender is running but has nothing new to show.").arg(silent)};
    }
    if (!status.sinceHeartbeat) {
        return {Kind::Info, tr("No new frame for %1 s. It is not known whether the sender is running. The "
                               "last picture stays until the next one arrives.")
                                .arg(silent)};
    }
    return {Kind::Info, tr("No new frame for %1 s, and no sign of life from the sender. It may have been "
                           "stopped or have ended. %2")
                            .arg(QString::number(silent), whatStays())};
}

} // namespace shmpix
