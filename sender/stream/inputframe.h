#pragma once

#include "common/base/monotonicclock.h"
#include "sender/stream/framesource.h"
#include "sender/stream/streaminput.h"

namespace shmpix {

/// The bytes of one frame on their way from standard input into their slot, which may take several calls.
/// Used by the live thread.
class InputFrame
{
public:
    /// Continues to read into the slot. Begins it with this layout, and begins it again if it has been
    /// dropped meanwhile. Whole means that the slot is filled or, with isLost(), that the frame was read and
    /// cannot be shown. Fails if the input ends within the frame.
    [[nodiscard]] Result<StreamInput::State>
    read(StreamInput& input, FrameSlot& slot, const PixelLayout& layout, MonotonicClock::time_point deadline);

    /// The same into memory of the caller.
    [[nodiscard]] Result<StreamInput::State> read(StreamInput& input, std::span<std::byte> out,
                                                  MonotonicClock::time_point deadline);

    [[nodiscard]] bool isLost() const { return m_isLost; }

    /// Prepares for the next frame.
    void reset();

    [[nodiscard]] qint64 number() const { return m_number; }

private:
    qint64 m_number = 1;
    qint64 m_done = 0;
    bool m_isLost = false;
};

/// The error for a stream that is invalid at frame `number`; 0 stands for its beginning.
[[nodiscard]] Error inputError(qint64 number, const QString& reason);

} // namespace shmpix
