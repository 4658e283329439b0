#include "common/live/cadence.h"

#include <algorithm>

namespace shmpix {

namespace {

constexpr qint64 microsecond = 1000;
constexpr qint64 mostJitter = 500 * microsecond;
constexpr qint64 shortestPeriod = 2000 * microsecond;
constexpr qint64 longestPeriod = 250'000 * microsecond;
constexpr int steadyFrom = 4;

} // namespace

void Cadence::saw(quint64 serial, qint64 published)
{
    const bool follows = m_published > 0 && published > m_published && serial > m_serial;
    const qint64 period =
        follows ? (published - m_published) / qint64(std::min<quint64>(serial - m_serial, 1000)) : 0;
    const bool isSteady = follows && qAbs(period - m_period) <= mostJitter;
    m_steady = isSteady ? m_steady + 1 : 0;
    m_period = isSteady ? (3 * m_period + period) / 4 : period;
    m_serial = serial;
    m_published = published;
}

std::optional<qint64> Cadence::next() const
{
    const bool isKnown = m_steady >= steadyFrom && m_period >= shortestPeriod && m_period <= longestPeriod;
    return isKnown ? std::optional(m_published + m_period) : std::nullopt;
}

} // namespace shmpix
