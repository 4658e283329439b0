#pragma once

#include "sender/stream/inputframe.h"

#include <memory>

namespace shmpix {

/// Frames without headers, in a layout that the user gave: one after another, each read directly into its
/// slot.
class RawSource final : public FrameSource
{
public:
    RawSource(StreamInput& input, const PixelLayout& layout);

    [[nodiscard]] Result<SourceStep> next(FrameSlot& slot, const SourceWish& wish) override;

private:
    StreamInput& m_input;
    PixelLayout m_layout;
    std::vector<std::byte> m_padding; ///< the padding after the last row
    qint64 m_padded = 0;              ///< how many bytes of the padding were read
    bool m_isFilled = false;
    InputFrame m_frame;
};

} // namespace shmpix
