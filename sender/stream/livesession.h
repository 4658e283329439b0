#pragma once

#include "common/base/message.h"

#include "sender/stream/sendstream.h"

#include <QObject>

#include <atomic>

namespace shmpix {

/// The stream of a sender, for its window or its headless run. There is one stream at a time; the next one
/// starts when it has ended. Only the destructor waits. GUI thread.
class LiveSession final : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Starting, Running, Stopping };

    /// The next step that a message offers.
    enum class Action { None, Replace, TakeOver };

    explicit LiveSession(QObject* parent = nullptr);
    ~LiveSession() override;

    /// Asks the part of this program that uses the address to leave it, and then to call `then`.
    using MakeRoom = std::function<void(const SegmentAddress& address, std::function<void()> then)>;

    /// Sets the function to call before a stream takes its address, once its first frame exists; null: none.
    void setMakeRoom(MakeRoom makeRoom) { m_makeRoom = std::move(makeRoom); }

    /// Starts a stream. A running stream is ended first.
    void start(const StreamRequest& request);
    void stop();
    /// Removes also a frame that was to be kept.
    void stopAndRemove();

    /// Ends without a message, because something else takes the stream's place, and then calls `then`;
    /// immediately if nothing is running.
    void endQuietly(std::function<void()> then = {});

    void setPaused(bool paused);
    void step();
    void setRate(double fps); ///< 0: the source's rate
    void setLoop(bool loop);

    /// Repeats the failed action in the way that action() names.
    void act();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool isPaused() const { return m_isPaused; }
    [[nodiscard]] const LiveFigures& figures() const { return m_figures; }
    /// The request of the current or last stream; nothing before the first.
    [[nodiscard]] const std::optional<StreamRequest>& request() const { return m_request; }
    [[nodiscard]] const Message& message() const { return m_message; }
    [[nodiscard]] Action action() const { return m_action; }
    /// The error that ended the last stream, if any.
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

Q_SIGNALS:
    void changed();
    void requested(); ///< a stream is requested
    void started();
    /// With the caption of the frame.
    void previewed(const QImage& image, const QString& caption);
    void warned(const QString& text);
    void ended();

private:
    template <class Function>
    void post(Function function);
    [[nodiscard]] LiveListener listener();
    void begin();
    void askForRoom(int number);
    void finish(const std::optional<Error>& error);
    void say(Message::Kind kind, const QString& text, Action action = Action::None);

    State m_state = State::Idle;
    bool m_isPaused = false;
    bool m_isQuiet = false; ///< its end is not reported
    int m_number = 0;       ///< the number of the stream
    MakeRoom m_makeRoom;
    std::function<void()> m_afterEnd;
    std::optional<StreamRequest> m_request;
    std::optional<StreamRequest> m_next;
    LiveFigures m_figures;
    Message m_message;
    Action m_action = Action::None;
    std::optional<Error> m_error;
    std::atomic<bool> m_isPreviewOnItsWay = false;
    std::unique_ptr<SendStream> m_run; ///< last: destroyed first, and waits for its thread
};

} // namespace shmpix
