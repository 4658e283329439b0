#pragma once

#include "common/base/monotonicclock.h"
#include "common/channel/livepublisher.h"

#include "sender/stream/flowmeter.h"
#include "sender/stream/livesource.h"
#include "sender/stream/pace.h"

#include <QThread>

#include <condition_variable>
#include <functional>
#include <mutex>

namespace shmpix {

/// What to stream, and where.
struct StreamRequest
{
    SegmentAddress address;
    LiveSource source = {};
    Existing existing = Existing::Respect;
    bool checksums = false;
    bool takeOver = false; ///< end another living sender of ours that uses the address
    bool keep = false;     ///< leave the last frame at the end
    double fps = 0;        ///< 0: the source's rate
    bool loop = false;
    AccessRights access = {}; ///< of the first segment
    int previewSide = 0;      ///< limits the longer side of a preview, in pixels; 0: no previews
};

/// The state of a stream.
struct LiveFigures
{
    quint64 frames = 0;
    double fps = 0;
    double bytesPerSecond = 0;
    PixelLayout layout;                   ///< of the last frame
    qint64 bytes = 0;                     ///< of the last frame
    std::chrono::nanoseconds duration{0}; ///< how long the last frame is shown; 0: as they come
};

/// The listeners of a stream, called on the live thread.
struct LiveListener
{
    std::function<void()> ready; ///< the first frame exists and waits for enter(); null: it need not wait
    std::function<void(const LiveFigures&)> started; ///< called with the first frame
    std::function<void(const LiveFigures&)> went;    ///< called now and then
    /// With the caption of the frame; reduced, at most 15 times a second.
    std::function<void(const QImage&, const QString&)> previewed;
    std::function<void(const QString&)> warned;      ///< a warning, in sentences; the stream goes on
    std::function<void(std::optional<Error>)> ended; ///< the last call
};

/// A stream of live frames on its own thread: publishes the frames of a source by deadlines, and keeps the
/// stream alive while no frames come. Call the functions on the GUI thread; they do not wait. The destructor
/// waits for the current frame.
class SendStream
{
public:
    SendStream(StreamRequest request, LiveListener listener);
    ~SendStream();
    SendStream(const SendStream&) = delete;
    SendStream& operator=(const SendStream&) = delete;

    /// Allows the stream to take its address.
    void enter();
    void stop();
    /// Removes everything at the end, even if the request asks to keep it.
    void removeAtEnd();
    void setPaused(bool paused);
    /// Publishes one more frame while the stream is paused.
    void step();
    void setRate(double fps);
    void setLoop(bool loop);

private:
    /// The part of the state that the other thread may change at any moment.
    struct Wishes
    {
        bool enters = false;
        bool stops = false;
        bool pauses = false;
        int steps = 0;
        double fps = 0;
        bool loop = false;
        bool keeps = false;

        friend bool operator==(const Wishes&, const Wishes&) = default;
    };

    template <class Change>
    void change(Change change);
    [[nodiscard]] Wishes wishes() const;
    void waitUntil(MonotonicClock::time_point time, const Wishes& seen);
    [[nodiscard]] std::chrono::nanoseconds duration(const Wishes& wishes) const;

    void run();
    [[nodiscard]] std::optional<Error> stream();
    [[nodiscard]] std::optional<Error> publishFrames(LivePublisher& publisher, FrameSource& source);
    [[nodiscard]] bool mayEnter();
    [[nodiscard]] Result<void> enterStream(LivePublisher& publisher, FrameSlot& slot) const;
    void publish(FrameSlot& slot);
    void lookAfter(LivePublisher& publisher, FrameSlot& slot);
    void preview(const FrameSlot& slot);

    StreamRequest m_request;
    LiveListener m_listener;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    Wishes m_wishes;
    // Used by the live thread only:
    Pace m_pace;
    std::chrono::nanoseconds m_sourceDuration{0}; ///< how long the source wants the last frame to be shown
    FlowMeter m_flow;
    LiveFigures m_figures;
    MonotonicClock::time_point m_lookAt;
    MonotonicClock::time_point m_previewAt;
    std::unique_ptr<QThread> m_thread;
};

} // namespace shmpix
