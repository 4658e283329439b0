#pragma once

#include "sender/sendsession.h"
#include "sender/stream/livesession.h"

namespace shmpix {

/// Ensures that only one thing is shared at a time, a picture or a stream, and that it stays shared until its
/// successor can start. Under the same key, the old one ends once the new one is ready; under another key,
/// once the new one is shared. If the successor then fails, the old one returns. The last request wins. GUI
/// thread.
class Succession final : public QObject
{
    Q_OBJECT

public:
    /// Both sessions must outlive this object, or have ended before.
    Succession(SendSession& picture, LiveSession& stream, QObject* parent = nullptr);

    /// Whether a stream is starting again because the picture that replaced it failed. Its messages are then
    /// not what the user should read.
    [[nodiscard]] bool isStreamReturning() const { return m_isStreamReturning; }

Q_SIGNALS:
    /// The stream that was replaced is to start again.
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
    std::function<void()> m_streamWaits; ///< called when the sharing of the picture is decided
    bool m_hasStreamLeft = false;
    bool m_hasPictureLeft = false;
    bool m_isStreamReturning = false;
};

} // namespace shmpix
