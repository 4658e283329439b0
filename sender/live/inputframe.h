#pragma once

#include "sender/live/framesource.h"
#include "sender/live/streaminput.h"

namespace shmpix {

/// The bytes of one frame on their way from standard input into their slot, which may take several calls.
/// Used by the live thread.
class InputFrame
{
public:
    /// Reads on into the slot, which it begins with this layout, or begins anew when what was begun is gone
    /// meanwhile. Whole: the slot is filled, or, when isLost(), the frame is read and cannot be shown. Fails
    /// when the input ends within the frame.
    [[nodiscard]] Result<StreamInput::State> read(StreamInput& input, FrameSlot& slot,
                                                  const PixelLayout& layout,
                                                  StreamInput::Clock::time_point deadline);

    /// The same into memory of the caller's.
    [[nodiscard]] Result<StreamInput::State> read(StreamInput& input, std::span<std::byte> out,
                                                  StreamInput::Clock::time_point deadline);

    [[nodiscard]] bool isLost() const { return m_isLost; }

    /// The next frame's turn.
    void reset();

    [[nodiscard]] qint64 number() const { return m_number; }

private:
    qint64 m_number = 1;
    qint64 m_done = 0;
    bool m_isLost = false;
};

/// The sentence for a stream that is wrong at its frame `number`, 0 for its beginning.
[[nodiscard]] Error inputError(qint64 number, const QString& reason);

} // namespace shmpix
