#pragma once

#include "common/base/monotonicclock.h"
#include "common/channel/livesubscriber.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>

namespace shmpix {

/// The current state of a stream.
struct LiveStatus
{
    LiveState state = LiveState::Waiting;
    Error reason; ///< see LiveSubscriber::reason()
    LiveStatistics statistics;
    std::optional<qint64> sinceHeartbeat; ///< nanoseconds
    qint64 sinceNews = 0;                 ///< nanoseconds since the last new frame, or since the beginning
};

/// The thread side of a FollowStream: reads a frame on request, never more, and reports its state four times
/// a second. A frame that is not requested is not touched.
class LiveLoop
{
public:
    struct Listener
    {
        std::function<void(LiveFrame frame, Flip flip)> frame;
        std::function<void(const LiveStatus& status)> status;
    };

    /// The listener is called on the loop's thread.
    LiveLoop(LoadRequest request, Listener listener);

    /// Requests one frame, mirrored like this, not before the given time. Any thread.
    void demand(Flip flip, MonotonicClock::time_point earliest);

    /// Withdraws the request: frames that arrive before the next request are not wanted and do not count as
    /// missed. Any thread.
    void withdraw();

    /// Runs until a stop is requested, which it notices within a tenth of a second, after it has finished
    /// reading the current live frame.
    void run(const std::stop_token& stop);

private:
    struct Demand
    {
        Flip flip = Flip::None;
        MonotonicClock::time_point earliest;
    };

    [[nodiscard]] std::optional<Demand> nextDemand(const std::stop_token& stop);
    void takeNewest(const Demand& demand, const std::stop_token& stop);
    void tell();

    LoadRequest m_request;
    Listener m_listener;
    std::mutex m_mutex;
    std::condition_variable_any m_asked;
    std::optional<Demand> m_demand; ///< guarded by the mutex
    bool m_isPassing = false;       ///< guarded too: the frames since the last one were not wanted

    // Used by the loop's thread only:
    LiveSubscriber m_frames;
    MonotonicClock::time_point m_lastNews;
    MonotonicClock::time_point m_nextTelling;
    LiveState m_told = LiveState::Waiting;
    quint64 m_passed = 0; ///< frames that the subscriber counts as missed, but that nobody wanted
};

} // namespace shmpix
