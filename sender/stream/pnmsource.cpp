#include "sender/stream/pnmsource.h"

#include "common/base/monotonicclock.h"

#include <QCoreApplication>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <cctype>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(PnmSource)
};

constexpr qsizetype mostHeaderBytes = 4096; // comments may be long
constexpr quint32 mostNumber = 999'999;     // no field is larger

bool isSpace(char c)
{
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

/// Skips spaces and comments. Returns the start of the next word.
qsizetype skipSpace(const QByteArray& text, qsizetype at)
{
    while (at < text.size() && (isSpace(text[at]) || text[at] == '#')) {
        if (text[at] == '#') {
            const qsizetype end = text.indexOf('\n', at);
            at = end < 0 ? text.size() : end;
        } else {
            ++at;
        }
    }
    return at;
}

/// Scales numbers up to `maximum` to the full range of bits, in place. The file stores them big-endian.
void spread(std::span<std::byte> bytes, quint32 maximum)
{
    if (maximum == 255) {
        return;
    }
    if (maximum < 256) {
        std::transform(bytes.begin(), bytes.end(), bytes.begin(), [maximum](std::byte sample) {
            return std::byte((std::min(quint32(sample), maximum) * 255 + maximum / 2) / maximum);
        });
        return;
    }
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        const quint32 sample = std::min<quint32>(qFromBigEndian<quint16>(bytes.data() + i), maximum);
        qToLittleEndian(quint16((quint64(sample) * 65535 + maximum / 2) / maximum), bytes.data() + i);
    }
}

} // namespace

bool PnmSource::canRead(const QByteArray& start)
{
    return start.size() > 2 && start[0] == 'P' && (start[1] == '5' || start[1] == '6') && isSpace(start[2]);
}

Result<std::optional<PnmSource::Header>> PnmSource::parseHeader(const QByteArray& text) const
{
    if (text.size() < 3) {
        return std::optional<Header>();
    }
    if (!canRead(text)) {
        return inputError(m_frame.number(),
                          Text::tr("no PPM or PGM header was found at byte %1.").arg(m_input.taken()));
    }
    std::array<quint32, 3> numbers = {};
    qsizetype at = 2;
    for (quint32& number : numbers) {
        at = skipSpace(text, at);
        const qsizetype begin = at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && number <= mostNumber; ++at) {
            number = number * 10 + quint32(text[at] - '0');
        }
        if (at == text.size()) {
            return std::optional<Header>();
        }
        if (at == begin || !isSpace(text[at])) {
            return inputError(
                m_frame.number(),
                Text::tr(
                    "the width, height and maximum value of a PPM or PGM picture were expected at byte %1.")
                    .arg(m_input.taken() + at));
        }
    }
    if (numbers[2] == 0 || numbers[2] > 65535) {
        return inputError(m_frame.number(),
                          Text::tr("its maximum value is %1 instead of 1 to 65535.").arg(numbers[2]));
    }
    const PixelFormat format{text[1] == '5' ? ChannelOrder::Gray : ChannelOrder::Rgb,
                             numbers[2] < 256 ? SampleType::UInt8 : SampleType::UInt16};
    return std::optional(Header{{numbers[0], numbers[1], format}, numbers[2], at + 1});
}

Result<StreamInput::State> PnmSource::readHeader(MonotonicClock::time_point deadline)
{
    while (!m_header) {
        const QByteArray& ahead = m_input.ahead();
        const auto begin = std::find_if_not(ahead.begin(), ahead.end(),
                                            isSpace); // some writers end a picture with a line break
        m_input.take(begin - ahead.begin());
        auto header = parseHeader(m_input.ahead());
        if (!header) {
            return header.error();
        }
        if (*header) {
            m_input.take((*header)->bytes);
            m_header = **header;
            break;
        }
        if (m_input.ahead().size() > mostHeaderBytes) {
            return inputError(m_frame.number(), Text::tr("its header has no end."));
        }
        auto state = m_input.readAhead(deadline);
        if (!state || *state == StreamInput::State::NotYet) {
            return state;
        }
        if (*state == StreamInput::State::Ended) {
            return m_input.ahead().isEmpty()
                       ? state
                       : inputError(m_frame.number(), Text::tr("it ends within the header."));
        }
    }
    return StreamInput::State::Whole;
}

Result<SourceStep> PnmSource::next(FrameSlot& slot, const SourceWish& wish)
{
    using State = StreamInput::State;
    const auto deadline = MonotonicClock::now() + wish.atMost;
    auto state = readHeader(deadline);
    if (state && *state == State::Whole) {
        state = m_frame.read(m_input, slot, m_header->layout, deadline);
        if (state && *state == State::Ended) {
            return inputError(m_frame.number(), Text::tr("it ends after the header."));
        }
    }
    if (!state) {
        return state.error();
    }
    if (*state != State::Whole) {
        return SourceStep{*state == State::Ended ? SourceStep::Kind::End : SourceStep::Kind::Later, {}, {}};
    }
    spread(slot.bytes(), m_header->maximum);
    const bool isShown = !m_frame.isLost();
    m_header.reset();
    m_frame.reset();
    return SourceStep{isShown ? SourceStep::Kind::Frame : SourceStep::Kind::Later, {}, {}};
}

} // namespace shmpix
