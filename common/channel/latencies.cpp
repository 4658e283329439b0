#include "common/channel/latencies.h"

#include <algorithm>
#include <cmath>

namespace shmpix {

Latencies::Latencies(std::size_t window)
    : m_window(std::max<std::size_t>(window, 1))
{
}

void Latencies::add(qint64 from, qint64 to)
{
    if (from <= 0 || to < from) {
        return;
    }
    if (m_values.size() < m_window) {
        m_values.push_back(to - from);
    } else {
        m_values[m_next] = to - from;
    }
    m_next = (m_next + 1) % m_window;
}

std::optional<Latencies::Spread> Latencies::spread() const
{
    if (m_values.empty()) {
        return std::nullopt;
    }
    std::vector<qint64> sorted = m_values;
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&sorted](double share) {
        return sorted[std::size_t(std::lround(share * double(sorted.size() - 1)))];
    };
    return Spread{at(0.5), at(0.99), sorted.back(), sorted.size()};
}

void Latencies::clear()
{
    m_values.clear();
    m_next = 0;
}

} // namespace shmpix
