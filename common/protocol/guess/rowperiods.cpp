#include "common/protocol/guess/rowperiods.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace shmpix {

namespace {

constexpr qint64 windowBytes = 512;
constexpr int windowCount = 20;
constexpr qint64 leastPeriod = 8;
constexpr std::size_t mostPeriods = 14;

/// Returns the sum of the differences of two stretches of bytes. Sanitisers would check hundreds of millions
/// of bytes for each guess, although differencesByPeriod() ensures that they are in range.
#ifdef __GNUC__
__attribute__((no_sanitize("address", "undefined")))
#endif
unsigned
sumOfDifferences(const unsigned char* a, const unsigned char* b, qint64 count)
{
    unsigned sum = 0;
    for (qint64 i = 0; i < count; ++i) {
        sum += static_cast<unsigned>(std::abs(a[i] - b[i]));
    }
    return sum;
}

/// Returns how far a neighbourhood reaches: some pixels to either side, but not to the next row.
qint64 neighbourhood(qint64 period)
{
    return std::clamp(period / 4, qint64{3}, qint64{24});
}

/// Returns the mean difference of two bytes for each distance between them.
std::vector<float> differencesByPeriod(std::span<const unsigned char> bytes, qint64 maximum)
{
    const auto size = static_cast<qint64>(bytes.size());
    const qint64 window = std::min(windowBytes, size / 4);
    const qint64 most = std::min(maximum, size - window - size / 4);
    std::vector<float> differences;
    if (window < 16 || most <= leastPeriod) {
        return differences;
    }
    differences.resize(static_cast<std::size_t>(most) + 1, 255.0F);
    const qint64 reach = size - most - window; // start of the last window
    for (qint64 period = leastPeriod; period <= most; ++period) {
        quint64 sum = 0;
        for (int i = 0; i < windowCount; ++i) {
            const unsigned char* begin = bytes.data() + reach * i / (windowCount - 1);
            sum += sumOfDifferences(begin, begin + period, window);
        }
        differences[static_cast<std::size_t>(period)] =
            static_cast<float>(static_cast<double>(sum) / static_cast<double>(window * windowCount));
    }
    return differences;
}

} // namespace

RowPeriods::RowPeriods(std::span<const unsigned char> bytes, qint64 step)
{
    std::vector<unsigned char> picked;
    if (step > 1) {
        picked.reserve(bytes.size() / static_cast<std::size_t>(step));
        for (auto i = static_cast<std::size_t>(step) - 1; i < bytes.size();
             i += static_cast<std::size_t>(step)) {
            picked.push_back(bytes[i]);
        }
        bytes = picked;
    }
    const std::vector<float> differences = differencesByPeriod(bytes, maximumPeriod / step);
    const auto most = static_cast<qint64>(differences.size()) - 1;
    std::vector<std::pair<float, qint64>> found;
    for (qint64 period = leastPeriod; period <= most; ++period) {
        const float here = differences[static_cast<std::size_t>(period)];
        const qint64 radius = neighbourhood(period);
        const qint64 first = std::max(leastPeriod, period - radius);
        const qint64 last = std::min(most, period + radius);
        float sum = 0;
        bool least = true;
        for (qint64 other = first; least && other <= last; ++other) {
            const float there = differences[static_cast<std::size_t>(other)];
            least = there > here || other == period || (there == here && other > period);
            sum += there;
        }
        const float mean = sum / static_cast<float>(last - first + 1);
        if (least && mean > here) {
            found.emplace_back((here + 0.02F) / mean, period * step);
        }
    }
    const std::size_t kept = std::min(found.size(), mostPeriods);
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end());
    for (std::size_t i = 0; i < kept; ++i) {
        m_likeliest.push_back(found[i].second);
    }
}

} // namespace shmpix
