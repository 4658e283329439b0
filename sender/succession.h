#pragma once

#include "sender/live/livesession.h"
#include "sender/sendsession.h"

namespace shmpix {

/// One thing is shared at a time, a picture or a stream: what is shared goes on until its successor can
/// begin. Under the same key the old one leaves once the new one is ready; under another key it leaves once
/// the new one is there. An old one that has left comes back when its successor fails after all. What was
/// asked for last wins. GUI thread.
class Succession final : public QObject
{
    Q_OBJECT

public:
    /// Both must outlive it, or have ended.
    Succession(SendSession& picture, LiveSession& stream, QObject* parent = nullptr);

    /// Whether a stream is beginning again because the picture that took its place failed: what it says is
    /// not what the user should read.
    [[nodiscard]] bool isStreamReturning() const { return m_isStreamReturning; }

Q_SIGNALS:
    /// The stream that left is to begin again.
    void streamReturns();

private:
    enum class Wish { None, Picture, Stream };
    using Then = std::function<void()>;

    void makeRoomForPicture(const SegmentAddress& address, const Then& then);
    void makeRoomForStream(const SegmentAddress& address, const Then& then);
    void takePicture();
    void missPicture();
    void takeStream();
    void missStream();

    SendSession& m_picture;
    LiveSession& m_stream;
    Wish m_newest = Wish::None;
    std::function<void()> m_streamWaits; ///< for the picture that is being shared
    bool m_hasStreamLeft = false;
    bool m_hasPictureLeft = false;
    bool m_isStreamReturning = false;
};

} // namespace shmpix
