#pragma once

#include "common/live/framereader.h"

#include <QImage>
#include <QString>

namespace shmpix::test {

/// A frame that the test has read.
struct ReadFrame
{
    FrameInfo info;
    QByteArray bytes; ///< the content of the slot
    QImage image;
};

/// Reads the stream under a key in the test's own process.
class LiveReading
{
public:
    explicit LiveReading(const QString& key);

    /// Returns the newest frame that was not read yet, or nothing if none arrives in time.
    [[nodiscard]] std::optional<ReadFrame> next(int milliseconds = 30000);

    /// Reads until a frame with this text arrives.
    [[nodiscard]] std::optional<ReadFrame> next(const QByteArray& text, int milliseconds = 30000);

    /// Whether the stream reaches the state in time.
    [[nodiscard]] bool waitForState(StreamState state, int milliseconds = 30000);

    [[nodiscard]] FrameReader& frames() { return m_frames; }

private:
    FrameReader m_frames;
};

} // namespace shmpix::test
