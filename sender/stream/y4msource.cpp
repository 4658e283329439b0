#include "sender/stream/y4msource.h"

#include "common/base/monotonicclock.h"
#include "common/base/outofmemory.h"

#include <QCoreApplication>

#include <libyuv.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Y4mSource)
};

constexpr qsizetype mostLineBytes = 1024;

/// The planes of a frame and the rows of the slot.
struct Planes
{
    Planes(const Y4mHeader& header, std::span<const std::byte> bytes)
        : y(reinterpret_cast<const uint8_t*>(bytes.data()))
        , u(y + header.brightnessBytes())
        , v(u + header.colourBytes())
        , width(header.width)
        , colourWidth(header.colourWidth())
        , height(header.height)
    {
    }

    const uint8_t* y;
    const uint8_t* u;
    const uint8_t* v;
    int width;
    int colourWidth;
    int height;
};

/// Puts the planes into the pixels of Y4mHeader::layout().
void convert(const Y4mHeader& header, const Planes& from, uint8_t* to)
{
    const auto layout = header.layout();
    const int step = int(layout.step());
    using Function =
        int (*)(const uint8_t*, int, const uint8_t*, int, const uint8_t*, int, uint8_t*, int, int, int);
    const auto run = [&](Function function) {
        function(from.y, from.width, from.u, from.colourWidth, from.v, from.colourWidth, to, step, from.width,
                 from.height);
    };
    switch (header.colours) {
    case Y4mColours::None:
        std::copy_n(from.y, header.brightnessBytes(), to);
        break;
    case Y4mColours::Every1x1:
        run(header.isFullRange ? libyuv::J444ToARGB : libyuv::I444ToARGB);
        break;
    case Y4mColours::Every2x1:
        run(header.isFullRange ? libyuv::J422ToARGB : libyuv::I422ToYUY2);
        break;
    case Y4mColours::Every2x2:
        if (header.isFullRange) {
            run(libyuv::J420ToARGB);
        } else {
            libyuv::I420ToNV12(from.y, from.width, from.u, from.colourWidth, from.v, from.colourWidth, to,
                               step, to + qint64(step) * from.height, step, from.width, from.height);
        }
        break;
    }
}

} // namespace

/// Reads a line into m_line, without its line break. The input may end only before the line.
Result<StreamInput::State> Y4mSource::readLine(Deadline deadline, qint64 frame)
{
    for (;;) {
        const qsizetype end = m_input.ahead().indexOf('\n');
        if (end >= 0) {
            m_line = m_input.ahead().left(end);
            m_input.take(end + 1);
            return State::Whole;
        }
        if (m_input.ahead().size() > mostLineBytes) {
            return inputError(frame, Text::tr("the line at byte %1 has no end.").arg(m_input.taken()));
        }
        auto state = m_input.readAhead(deadline);
        if (state && *state == State::Ended && !m_input.ahead().isEmpty()) {
            return inputError(frame, Text::tr("it ends within the line at byte %1.").arg(m_input.taken()));
        }
        if (!state || *state != State::Whole) {
            return state;
        }
    }
}

Result<StreamInput::State> Y4mSource::readHeader(Deadline deadline)
{
    if (m_header) {
        return State::Whole;
    }
    auto state = readLine(deadline, 0);
    if (!state || *state != State::Whole) {
        return state;
    }
    auto header = parseY4mHeader(m_line);
    if (!header) {
        return inputError(0, header.error().text);
    }
    auto made = orOutOfMemory([&]() -> Result<void> {
        m_planes.resize(std::size_t(header->frameBytes()));
        return {};
    });
    if (!made) {
        return made.error();
    }
    m_header = *header;
    return State::Whole;
}

Result<StreamInput::State> Y4mSource::readFrameLine(Deadline deadline)
{
    if (m_isInFrame) {
        return State::Whole;
    }
    const qint64 at = m_input.taken();
    auto state = readLine(deadline, m_frame.number());
    if (!state || *state != State::Whole) {
        return state;
    }
    if (m_line != "FRAME" && !m_line.startsWith("FRAME ")) {
        return inputError(m_frame.number(), Text::tr("FRAME was expected at byte %1.").arg(at));
    }
    m_isInFrame = true;
    return State::Whole;
}

Result<void> Y4mSource::fill(FrameSlot& slot)
{
    auto room = slot.begin(m_header->layout());
    if (!room) {
        return room.error();
    }
    convert(*m_header, Planes(*m_header, m_planes), reinterpret_cast<uint8_t*>(room->data()));
    return {};
}

Result<SourceStep> Y4mSource::next(FrameSlot& slot, const SourceWish& wish)
{
    const auto deadline = MonotonicClock::now() + wish.atMost;
    auto state = readHeader(deadline);
    if (state && *state == State::Whole) {
        state = readFrameLine(deadline);
    }
    if (state && *state == State::Whole) {
        state = m_frame.read(m_input, m_planes, deadline);
        if (state && *state == State::Ended) {
            return inputError(m_frame.number(), Text::tr("it ends after the line FRAME."));
        }
    }
    if (!state) {
        return state.error();
    }
    if (*state != State::Whole) {
        return SourceStep{*state == State::Ended ? SourceStep::Kind::End : SourceStep::Kind::Later, {}, {}};
    }
    if (auto filled = fill(slot); !filled) {
        return filled.error();
    }
    m_isInFrame = false;
    m_frame.reset();
    return SourceStep{SourceStep::Kind::Frame, m_header->duration, {}};
}

} // namespace shmpix
