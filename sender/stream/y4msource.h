#pragma once

#include "common/base/monotonicclock.h"
#include "sender/stream/inputframe.h"
#include "sender/stream/y4mheader.h"

namespace shmpix {

/// A Y4M stream, as written by ffmpeg and GStreamer: uncompressed video with a line of text before the stream
/// and before each frame. Plays at the stream's rate.
class Y4mSource final : public FrameSource
{
public:
    explicit Y4mSource(StreamInput& input)
        : m_input(input)
    {
    }

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    using State = StreamInput::State;
    using Deadline = MonotonicClock::time_point;

    [[nodiscard]] Result<State> readHeader(Deadline deadline);
    [[nodiscard]] Result<State> readLine(Deadline deadline, qint64 frame);
    [[nodiscard]] Result<State> readFrameLine(Deadline deadline);
    [[nodiscard]] Result<void> fill(FrameSlot& slot);

    StreamInput& m_input;
    QByteArray m_line; ///< the line that was read last
    std::optional<Y4mHeader> m_header;
    std::vector<std::byte> m_planes; ///< the planes of a frame
    bool m_isInFrame = false;
    InputFrame m_frame;
};

} // namespace shmpix
