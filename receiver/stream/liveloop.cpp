#include "receiver/stream/liveloop.h"

#include "common/base/monotonicclock.h"

namespace shmpix {

namespace {

using namespace std::chrono_literals;

constexpr auto tellEvery = 250ms;
constexpr auto listenEvery = 50ms; ///< how often to check whether the frame is still wanted

} // namespace

LiveLoop::LiveLoop(LoadRequest request, Listener listener)
    : m_request(std::move(request))
    , m_listener(std::move(listener))
    , m_frames(m_request)
    , m_lastNews(MonotonicClock::now())
{
}

void LiveLoop::demand(Flip flip, MonotonicClock::time_point earliest)
{
    const std::scoped_lock lock(m_mutex);
    m_demand = Demand{flip, earliest};
    m_asked.notify_one();
}

void LiveLoop::withdraw()
{
    const std::scoped_lock lock(m_mutex);
    m_demand.reset();
    m_isPassing = true;
}

/// Waits until a frame is requested and due, or it is time to report the state.
std::optional<LiveLoop::Demand> LiveLoop::nextDemand(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    m_asked.wait_until(lock, stop, m_nextTelling, [this] { return m_demand.has_value(); });
    if (m_demand && m_demand->earliest > MonotonicClock::now()) {
        const auto until = std::min(m_demand->earliest, m_nextTelling);
        m_asked.wait_until(lock, stop, until, [] { return false; });
    }
    return m_demand && m_demand->earliest <= MonotonicClock::now() ? m_demand : std::nullopt;
}

void LiveLoop::run(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        const auto demand = nextDemand(stop);
        const auto now = MonotonicClock::now();
        if (m_frames.wait(demand ? std::min(now + listenEvery, m_nextTelling) : now, stop)) {
            m_lastNews = MonotonicClock::now();
            if (demand) {
                takeNewest(*demand, stop);
            }
        }
        if (m_frames.state() != m_told || MonotonicClock::now() >= m_nextTelling) {
            tell();
        }
    }
}

void LiveLoop::takeNewest(const Demand& demand, const std::stop_token& stop)
{
    m_frames.setFlip(demand.flip);
    const quint64 missedBefore = m_frames.statistics().frames.missed;
    // An error is either a damaged frame, which is counted, or visible in the state.
    auto frame = m_frames.take({QDeadlineTimer(QDeadlineTimer::Forever), stop});
    if (!frame || !*frame) {
        return;
    }
    {
        const std::scoped_lock lock(m_mutex);
        if (m_isPassing) {
            m_passed += m_frames.statistics().frames.missed - missedBefore;
        }
        // If the request was withdrawn while the frame was taken, go on passing.
        m_isPassing = m_isPassing && !m_demand;
        m_demand.reset();
    }
    m_listener.frame(std::move(**frame), demand.flip);
}

void LiveLoop::tell()
{
    const auto now = MonotonicClock::now();
    m_nextTelling = now + tellEvery;
    m_told = m_frames.state();
    LiveStatistics statistics = m_frames.statistics();
    statistics.frames.missed -= m_passed;
    m_listener.status({m_told, m_frames.reason(), statistics, m_frames.sinceHeartbeat(),
                       std::chrono::nanoseconds(now - m_lastNews).count()});
}

} // namespace shmpix
