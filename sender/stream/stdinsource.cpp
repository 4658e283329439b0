#include "sender/stream/stdinsource.h"

#include "common/base/monotonicclock.h"
#include "sender/stream/pnmsource.h"
#include "sender/stream/rawsource.h"
#include "sender/stream/y4msource.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(StdinSource)
};

} // namespace

StdinSource::StdinSource(int descriptor, const std::optional<PixelLayout>& layout)
    : m_input(descriptor)
{
    if (layout) {
        m_source = std::make_unique<RawSource>(m_input, *layout);
    }
}

Result<StreamInput::State> StdinSource::detect(MonotonicClock::time_point deadline)
{
    using State = StreamInput::State;
    constexpr qsizetype wanted = sizeof(y4mMagic) - 1;
    State state = State::Whole;
    while (m_input.ahead().size() < wanted && state == State::Whole) {
        auto read = m_input.readAhead(deadline);
        if (!read || *read == State::NotYet) {
            return read;
        }
        state = *read;
    }
    const QByteArray& start = m_input.ahead();
    if (start.isEmpty()) {
        return Error{ErrorCode::BadData,
                     Text::tr("Standard input ended before the first frame. Provide frames as Y4M or PPM.")};
    }
    if (start.startsWith(y4mMagic)) {
        m_source = std::make_unique<Y4mSource>(m_input);
    } else if (PnmSource::canRead(start)) {
        m_source = std::make_unique<PnmSource>(m_input);
    } else {
        return Error{ErrorCode::BadData,
                     Text::tr("Standard input is neither Y4M nor PPM. Describe raw frames with --layout "
                              "640x480:bgr8, for example, or convert them.")};
    }
    return State::Whole;
}

Result<SourceStep> StdinSource::next(FrameSlot& slot, const SourceWish& wish)
{
    if (!m_source) {
        auto state = detect(MonotonicClock::now() + wish.atMost);
        if (!state) {
            return state.error();
        }
        if (*state != StreamInput::State::Whole) {
            return SourceStep{};
        }
    }
    return m_source->next(slot, wish);
}

} // namespace shmpix
