#pragma once

#include "common/live/framereader.h"

#include <QImage>
#include <QString>

namespace shmpix::test {

/// A frame that was read.
struct ReadFrame
{
    FrameInfo info;
    QByteArray bytes; ///< as they lie in the slot
    QImage image;
};

/// Reads the stream under a key in the test's own process.
class LiveReading
{
public:
    explicit LiveReading(const QString& key);

    /// The newest frame that was not read yet; nothing when none comes in time.
    [[nodiscard]] std::optional<ReadFrame> next(int milliseconds = 30000);

    /// Reads until a frame has this text.
    [[nodiscard]] std::optional<ReadFrame> next(const QByteArray& text, int milliseconds = 30000);

    /// Whether the stream comes to be in that state in time.
    [[nodiscard]] bool waitForState(StreamState state, int milliseconds = 30000);

    [[nodiscard]] FrameReader& frames() { return m_frames; }

private:
    FrameReader m_frames;
};

} // namespace shmpix::test
