#pragma once

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
    qint64 sinceNews = 0;                 ///< nanoseconds since there was a new frame, or since the beginning
};

/// The thread side of a FollowSession: reads a frame on request, never more, and reports its state four times
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

    /// Asks for one frame, mirrored so, not before that time. Any thread.
    void demand(Flip flip, std::chrono::steady_clock::time_point earliest);

    /// Takes the question back: what comes until the next one is not wanted, and is not missed. Any thread.
    void withdraw();

    /// Until somebody asks to stop, which is noticed within a tenth of a second; the reading of a live frame
    /// is finished first.
    void run(const std::stop_token& stop);

private:
    using Clock = std::chrono::steady_clock;

    struct Demand
    {
        Flip flip = Flip::None;
        Clock::time_point earliest;
    };

    [[nodiscard]] std::optional<Demand> nextDemand(const std::stop_token& stop);
    void takeNewest(const Demand& demand, const std::stop_token& stop);
    void tell();

    LoadRequest m_request;
    Listener m_listener;
    std::mutex m_mutex;
    std::condition_variable_any m_asked;
    std::optional<Demand> m_demand; ///< guarded by the mutex
    bool m_isPassing = false;       ///< the same: nobody has wanted what came since the last frame

    // The thread's own.
    LiveSubscriber m_frames;
    Clock::time_point m_lastNews;
    Clock::time_point m_nextTelling;
    LiveState m_told = LiveState::Waiting;
    quint64 m_passed = 0; ///< frames that the subscriber calls missed, and nobody wanted
};

} // namespace shmpix
