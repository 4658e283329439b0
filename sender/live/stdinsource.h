#pragma once

#include "sender/live/framesource.h"
#include "sender/live/streaminput.h"

#include <memory>
#include <optional>

namespace shmpix {

/// Frames from another program: raw ones when their layout was told, else Y4M or PPM, whichever the first
/// bytes say. What comes is trusted in nothing.
class StdinSource final : public FrameSource
{
public:
    StdinSource(int descriptor, const std::optional<PixelLayout>& layout);

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    [[nodiscard]] Result<StreamInput::State> detect(StreamInput::Clock::time_point deadline);

    StreamInput m_input;
    std::unique_ptr<FrameSource> m_source; ///< nothing before the first bytes
};

} // namespace shmpix
