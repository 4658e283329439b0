#pragma once

#include "sender/stream/frameslot.h"

#include <chrono>

namespace shmpix {

/// The result of asking a source for a frame.
struct SourceStep
{
    enum class Kind {
        Frame, ///< the slot is filled
        Later, ///< no frame is available yet; the slot may be partly filled
        End,   ///< no more frames will come
    };

    Kind kind = Kind::Later;
    std::chrono::nanoseconds duration{
        0};          ///< how long the source wants the frame to be shown; 0: as they come
    QString warning; ///< why an unusable picture was skipped, in sentences; else empty
};

/// The wishes of the caller.
struct SourceWish
{
    std::chrono::milliseconds atMost{50}; ///< the longest wait for something from outside
    bool loop = false;                    ///< start again at the end
};

/// A source of live frames. Created and used on the live thread only.
class FrameSource
{
public:
    FrameSource() = default;
    virtual ~FrameSource() = default;
    FrameSource(const FrameSource&) = delete;
    FrameSource& operator=(const FrameSource&) = delete;

    /// Fills the slot with the next frame. Waits no longer than wished, except for a decoder. Fails if no
    /// more frames can come for a reason that the user should know.
    [[nodiscard]] virtual Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) = 0;
};

} // namespace shmpix
