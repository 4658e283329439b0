#pragma once

#include "sender/live/inputframe.h"

#include <memory>

namespace shmpix {

/// Frames without any header, whose layout was told: one behind the other, each read straight into its slot.
class RawSource final : public FrameSource
{
public:
    RawSource(StreamInput& input, const PixelLayout& layout);

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    StreamInput& m_input;
    PixelLayout m_layout;
    std::vector<std::byte> m_padding; ///< behind the last row, as behind the others
    qint64 m_padded = 0;              ///< of it
    bool m_isFilled = false;
    InputFrame m_frame;
};

} // namespace shmpix
