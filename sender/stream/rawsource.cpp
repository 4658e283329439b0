#include "sender/stream/rawsource.h"

#include "common/base/monotonicclock.h"

namespace shmpix {

RawSource::RawSource(StreamInput& input, const PixelLayout& layout)
    : m_input(input)
    , m_layout(layout)
{
    const qint64 padding = std::abs(layout.step()) - rowBytes(layout.format, layout.width);
    if (layout.stride > 0 && padding > 0 && checkedExtent(layout)) {
        m_padding.resize(std::size_t(padding));
    }
}

Result<SourceStep> RawSource::next(FrameSlot& slot, const SourceWish& wish)
{
    using State = StreamInput::State;
    const auto deadline = MonotonicClock::now() + wish.atMost;
    if (!m_isFilled) {
        auto state = m_frame.read(m_input, slot, m_layout, deadline);
        if (!state) {
            return state.error();
        }
        if (*state != State::Whole) {
            return SourceStep{
                *state == State::Ended ? SourceStep::Kind::End : SourceStep::Kind::Later, {}, {}};
        }
        m_isFilled = true;
    }
    auto state = m_input.fill(m_padding, m_padded, deadline);
    if (!state) {
        return state.error();
    }
    if (*state == State::NotYet) {
        return SourceStep{};
    }
    const bool isShown = slot.isBegun() && !m_frame.isLost(); // the last frame may come without its padding
    m_isFilled = false;
    m_padded = 0;
    m_frame.reset();
    return SourceStep{isShown ? SourceStep::Kind::Frame : SourceStep::Kind::Later, {}, {}};
}

} // namespace shmpix
