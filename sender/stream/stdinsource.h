#pragma once

#include "common/base/monotonicclock.h"
#include "sender/stream/framesource.h"
#include "sender/stream/streaminput.h"

#include <memory>
#include <optional>

namespace shmpix {

/// Frames from another program: raw frames if a layout was given, otherwise Y4M or PPM, detected from the
/// first bytes. The input is not trusted.
class StdinSource final : public FrameSource
{
public:
    StdinSource(int descriptor, const std::optional<PixelLayout>& layout);

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    [[nodiscard]] Result<StreamInput::State> detect(MonotonicClock::time_point deadline);

    StreamInput m_input;
    std::unique_ptr<FrameSource> m_source; ///< nothing until the first bytes arrive
};

} // namespace shmpix
