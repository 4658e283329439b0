#include "sender/stream/inputframe.h"

#include "common/base/monotonicclock.h"

#include <QCoreApplication>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(InputFrame)
};

} // namespace

Error inputError(qint64 number, const QString& reason)
{
    return {ErrorCode::BadData,
            number > 0 ? Text::tr("Standard input is damaged at frame %1: %2").arg(number).arg(reason)
                       : Text::tr("Standard input cannot be shown: %1").arg(reason)};
}

Result<StreamInput::State> InputFrame::read(StreamInput& input, FrameSlot& slot, const PixelLayout& layout,
                                            MonotonicClock::time_point deadline)
{
    if (!slot.isBegun()) {
        m_isLost = m_done > 0;
        if (auto room = slot.begin(layout); !room) {
            return slot.failure() ? *slot.failure() : inputError(m_number, room.error().text);
        }
    }
    return read(input, slot.bytes(), deadline);
}

Result<StreamInput::State> InputFrame::read(StreamInput& input, std::span<std::byte> out,
                                            MonotonicClock::time_point deadline)
{
    auto state = input.fill(out, m_done, deadline);
    if (state && *state == StreamInput::State::Ended && m_done > 0) {
        return inputError(
            m_number, Text::tr("it ends after %1 of the frame's %2 bytes. The earlier frames were shared.")
                          .arg(m_done)
                          .arg(out.size()));
    }
    return state;
}

void InputFrame::reset()
{
    ++m_number;
    m_done = 0;
    m_isLost = false;
}

} // namespace shmpix
