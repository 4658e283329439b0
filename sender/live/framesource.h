#pragma once

#include "sender/live/frameslot.h"

#include <chrono>

namespace shmpix {

/// What came of asking a source for a frame.
struct SourceStep
{
    enum class Kind {
        Frame, ///< the slot is filled
        Later, ///< there is none at the moment; the slot may be filled in part
        End,   ///< there will be none any more
    };

    Kind kind = Kind::Later;
    std::chrono::nanoseconds duration{
        0};          ///< how long the source wants the frame to be shown; 0: as they come
    QString warning; ///< a picture was of no use and the source goes on: why, in sentences; else empty
};

/// What whoever asks wants.
struct SourceWish
{
    std::chrono::milliseconds atMost{50}; ///< to wait for something from outside
    bool loop = false;                    ///< to begin again where it would end
};

/// Where live frames come from. Made and used on the live thread only.
class FrameSource
{
public:
    FrameSource() = default;
    virtual ~FrameSource() = default;
    FrameSource(const FrameSource&) = delete;
    FrameSource& operator=(const FrameSource&) = delete;

    /// Fills the slot with the next frame. Does not wait for longer than wished, except for a decoder. Fails
    /// when nothing more can come for a reason that its user should know.
    [[nodiscard]] virtual Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) = 0;
};

} // namespace shmpix
