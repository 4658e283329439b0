#include "sender/stream/streaminput.h"

#include "common/base/monotonicclock.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <unistd.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(StreamInput)
};

constexpr std::size_t aheadBytes = 512;

} // namespace

/// Returns the available bytes, at least one, as soon as there are any.
Result<StreamInput::State> StreamInput::read(std::span<std::byte> out, qint64& count,
                                             MonotonicClock::time_point deadline)
{
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - MonotonicClock::now());
        pollfd input = {m_descriptor, POLLIN, 0};
        const int ready = ::poll(&input, 1, std::max(0, static_cast<int>(left.count())));
        if (ready == 0) {
            return State::NotYet;
        }
        const ssize_t got = ready > 0 ? ::read(m_descriptor, out.data(), out.size()) : -1;
        if (got > 0) {
            count = got;
            return State::Whole;
        }
        if (got == 0) {
            return State::Ended;
        }
        if (errno != EINTR && errno != EAGAIN) {
            return Error{ErrorCode::System,
                         Text::tr("Standard input cannot be read: %1.").arg(systemMessage(errno))};
        }
        if (MonotonicClock::now() >= deadline) {
            return State::NotYet;
        }
    }
}

Result<StreamInput::State> StreamInput::readAhead(MonotonicClock::time_point deadline)
{
    std::array<std::byte, aheadBytes> bytes;
    qint64 count = 0;
    auto state = read(bytes, count, deadline);
    if (state && *state == State::Whole) {
        m_ahead.append(reinterpret_cast<const char*>(bytes.data()), count);
    }
    return state;
}

void StreamInput::take(qsizetype count)
{
    m_ahead.remove(0, count);
    m_taken += count;
}

Result<StreamInput::State> StreamInput::fill(std::span<std::byte> out, qint64& done,
                                             MonotonicClock::time_point deadline)
{
    while (done < qint64(out.size())) {
        const auto rest = out.subspan(std::size_t(done));
        if (!m_ahead.isEmpty()) {
            const qsizetype count = std::min(m_ahead.size(), qsizetype(rest.size()));
            std::memcpy(rest.data(), m_ahead.constData(), std::size_t(count));
            take(count);
            done += count;
            continue;
        }
        qint64 count = 0;
        auto state = read(rest, count, deadline);
        if (!state || *state != State::Whole) {
            return state;
        }
        done += count;
        m_taken += count;
        if (MonotonicClock::now() >= deadline && done < qint64(out.size())) {
            return State::NotYet;
        }
    }
    return State::Whole;
}

} // namespace shmpix
