#pragma once

#include "common/base/message.h"
#include "common/base/monotonicclock.h"
#include "receiver/stream/liveloop.h"

#include <QObject>

#include <memory>
#include <thread>
#include <vector>

namespace shmpix {

/// The visible state of a stream, apart from its picture.
struct LiveView
{
    LiveStatus status;
    std::optional<quint64> number; ///< the number of the frame that is shown; nothing: its writer gives none
    bool hasFrame = false;
    double shownRate = 0;
    std::optional<Latencies::Spread> shownLatency; ///< from publishing to the screen
};

/// The logic of live mode in the receiver's window: reads the newest frame as soon as the previous one is on
/// the screen, so that no frame is read in vain. Reads on a separate thread. Continues by itself when the
/// sender ends, restarts or changes anything. GUI thread.
class FollowStream final : public QObject
{
    Q_OBJECT

public:
    explicit FollowStream(QObject* parent = nullptr);
    /// Waits for the thread, for at most a fifth of a second.
    ~FollowStream() override;

    /// Starts again with the segment that is shared there.
    void start(const LoadRequest& request);

    /// Ends at once; the thread ends soon afterwards.
    void stop();

    [[nodiscard]] bool isRunning() const { return m_loop != nullptr; }

    /// Whether the picture is visible. If not, which is the default, no frame is read.
    void setWatched(bool watched);

    /// Freezes the current frame.
    void setFrozen(bool frozen);
    [[nodiscard]] bool isFrozen() const { return m_isFrozen; }

    /// Shows the newest frame, or the next one if the newest is already shown, and freezes.
    void step();

    /// Mirrors the frames that follow.
    void setFlip(Flip flip);

    /// The refresh rate of the screen; frames are never read faster.
    void setScreenRate(double perSecond);

    /// Reports that the last announced frame is on the screen.
    void shown();

    [[nodiscard]] const LiveView& view() const { return m_view; }

    /// Whether the picture shows the current state of the stream, unless it is frozen. False if the stream
    /// has no frame yet, has ended, or cannot be read.
    [[nodiscard]] bool isCurrent() const;

Q_SIGNALS:
    /// A new frame, mirrored like this, is ready to be shown.
    void frameCame(const LiveFrame& frame, Flip flip);

    /// view() has changed.
    void viewChanged();

    /// The stream's state for people has changed.
    void said(const Message& message);

private:
    struct Running
    {
        std::shared_ptr<LiveLoop> loop;
        std::jthread thread;
    };

    void take(const std::shared_ptr<LiveLoop>& loop, const LiveFrame& frame, Flip flip);
    void update(const std::shared_ptr<LiveLoop>& loop, const LiveStatus& status);
    void forget(const std::shared_ptr<LiveLoop>& loop);
    void ask();
    void sayState();
    [[nodiscard]] Message messageFor(const LiveStatus& status) const;
    [[nodiscard]] QString whatStays() const;

    std::vector<Running> m_threads; ///< the last one runs our loop, the others are about to end
    std::shared_ptr<LiveLoop> m_loop;
    QString m_address;
    LiveView m_view;
    Message m_said;
    Flip m_flip = Flip::None;
    bool m_isWatched = false;
    bool m_isFrozen = false;
    bool m_isStepping = false;
    MonotonicClock::duration m_pause; ///< the shortest time between two frames
    MonotonicClock::time_point m_lastTaken;
    bool m_isPending = false; ///< a frame is on its way to the screen
    qint64 m_published = 0;   ///< when that frame was published
    quint64 m_shownFrames = 0;
    FrameRate m_shownRate;
    Latencies m_latencies;
};

} // namespace shmpix
