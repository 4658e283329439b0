#include "common/protocol/guess/staletail.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>

namespace shmpix {

namespace {

/// A common multiple of the bytes of all formats' samples, so that each byte of a window is always the same
/// byte of a sample.
constexpr qint64 phases = 24;
constexpr qint64 windowBytes = 10 * phases;
constexpr qint64 mostPlaces = 512;
constexpr std::size_t leastPlaces = 8; ///< for each of the two pictures
constexpr qint64 leastRows = 8;

using Mask = std::array<unsigned char, windowBytes>;

/// Returns a mask with 0 for bytes that are noise, such as the lower bytes of floats: they show nothing.
Mask tellingBytes(std::span<const unsigned char> bytes)
{
    constexpr qint64 distance = 4 * phases;
    constexpr qint64 looked = 400;
    constexpr qint64 asNoise = 66; // two random bytes differ by 85 on average
    std::array<qint64, phases> sums{};
    const qint64 room = static_cast<qint64>(bytes.size()) - phases - distance;
    for (qint64 i = 0; i < looked; ++i) {
        const unsigned char* at = bytes.data() + room * i / looked / phases * phases;
        for (std::size_t phase = 0; phase < sums.size(); ++phase) {
            sums[phase] += std::abs(at[phase] - at[phase + distance]);
        }
    }
    const bool allNoise =
        std::all_of(sums.begin(), sums.end(), [](qint64 sum) { return sum > asNoise * looked; });
    Mask mask;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        mask[i] = allNoise || sums[i % phases] <= asNoise * looked ? 0xff : 0;
    }
    return mask;
}

/// Whether two strides are so close, or so simply related, that the picture's details can favour either.
bool areRelated(qint64 a, qint64 b)
{
    const qint64 less = std::min(a, b);
    const qint64 more = std::max(a, b);
    const qint64 multiple = (more + less / 2) / less * less;
    return std::abs(more - multiple) <= std::max<qint64>(less / 16, 8);
}

/// For evenly spaced places, tells how much more the bytes one row further on resemble those at the place
/// than bytes elsewhere do. The values range from -1 to 1; 0 means no more than unrelated bytes.
class Likeness
{
public:
    Likeness(std::span<const unsigned char> bytes, qint64 stride, const Mask& mask)
        : m_bytes(bytes)
        , m_stride(stride)
        , m_elsewhere(stride + stride * 5 / 13 / phases * phases)
        , m_mask(mask)
    {
    }

    /// Returns the start of the last window that has bytes far enough behind it.
    [[nodiscard]] qint64 room() const
    {
        return static_cast<qint64>(m_bytes.size()) - windowBytes - m_elsewhere;
    }

    /// Returns the sums of the differences themselves.
    [[nodiscard]] std::vector<int> differences(qint64 step) const
    {
        std::vector<int> sums;
        for (qint64 place = 0; place <= room(); place += step) {
            sums.push_back(difference(place, m_stride, windowBytes));
        }
        return sums;
    }

    [[nodiscard]] std::vector<float> at(qint64 first, qint64 last, qint64 step, qint64 window) const
    {
        std::vector<float> likeness;
        for (qint64 place = first; place <= std::min(last, room()); place += step) {
            const int next = difference(place, m_stride, window);
            const int other = difference(place, m_elsewhere, window);
            likeness.push_back(static_cast<float>(other - next) /
                               static_cast<float>(other + next + 2 * static_cast<int>(window)));
        }
        return likeness;
    }

private:
    [[nodiscard]] int difference(qint64 place, qint64 distance, qint64 window) const
    {
        const unsigned char* a = m_bytes.data() + place;
        const unsigned char* b = a + distance;
        int sum = 0;
        for (qint64 i = 0; i < window; ++i) {
            const unsigned char mask = m_mask[static_cast<std::size_t>(i)];
            sum += std::abs((a[i] & mask) - (b[i] & mask));
        }
        return sum;
    }

    std::span<const unsigned char> m_bytes;
    qint64 m_stride;
    qint64 m_elsewhere;
    const Mask& m_mask;
};

double meanOf(std::span<const float> values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) /
           double(std::max<std::size_t>(values.size(), 1));
}

/// The split of a segment into a front and a back, if one stride explains the front and another the back.
struct Split
{
    std::size_t at = 0; ///< number of places in front; 0: no split
    double evidence = 0;
};

Split splitOf(std::span<const float> front, std::span<const float> back)
{
    const std::size_t count = std::min(front.size(), back.size());
    std::size_t at = 0;
    double sum = 0;
    double greatest = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += double(front[i]) - double(back[i]);
        if (sum > greatest) {
            greatest = sum;
            at = i + 1;
        }
    }
    // A narrow strip that differs from the rest usually belongs to the picture: a caption, a border, grass.
    if (at < leastPlaces || at + std::max(leastPlaces, count / 16) > count) {
        return {};
    }
    // Each stride must explain its own part and almost nothing of the other. Sky resembles itself at any
    // distance.
    constexpr double little = 0.4;
    const double frontAbove = meanOf(front.first(at));
    const double backBelow = meanOf(back.subspan(at, count - at));
    if (frontAbove < 0.2 || backBelow < 0.12 || frontAbove + backBelow < 0.5 ||
        meanOf(back.first(at)) > little * frontAbove ||
        meanOf(front.subspan(at, count - at)) > little * backBelow) {
        return {};
    }
    return {at, frontAbove * double(at) + backBelow * double(count - at)};
}

/// Returns the byte after the last row of the picture in front, near `rough`. The rows above resemble their
/// next rows; the bytes below resemble those one row of the older picture further on.
qint64 endOfFront(const Likeness& front, const Likeness& back, qint64 stride, qint64 rough, qint64 margin)
{
    constexpr qint64 mostLooked = 40'000;
    const qint64 first = std::max<qint64>(0, (rough - margin - 2 * stride) / stride) * stride;
    const qint64 last = rough + margin + 2 * stride;
    const qint64 step = std::max<qint64>(1, (last - first) / phases / mostLooked + 1) * phases;
    const auto sumsOf = [&](const Likeness& likeness) {
        std::vector<double> sums{0};
        for (const float value : likeness.at(first, last, step, phases)) {
            sums.push_back(sums.back() + value);
        }
        return sums;
    };
    const std::vector<double> above = sumsOf(front);
    const std::vector<double> below = sumsOf(back);
    const auto at = [&](const std::vector<double>& sums, qint64 byte) {
        return sums[std::min(static_cast<std::size_t>((byte - first + step - 1) / step), sums.size() - 1)];
    };
    qint64 best = rough;
    double most = -1e9;
    for (qint64 end = first + stride; end <= last; end += stride) {
        const double likeness = at(above, end - stride) + below.back() - at(below, end);
        if (likeness > most) {
            most = likeness;
            best = end;
        }
    }
    return best;
}

/// Returns how much better `better` predicts the next row than `worse` does, at places from `first` until
/// `last`; 0: equally well.
double advantage(std::span<const int> better, std::span<const int> worse, std::size_t first, std::size_t last)
{
    last = std::min({last, better.size(), worse.size()});
    double sum = 0;
    for (std::size_t i = first; i < last; ++i) {
        sum += double(worse[i] - better[i]) / double(worse[i] + better[i] + 2 * int{windowBytes});
    }
    return last > first ? sum / double(last - first) : 0;
}

} // namespace

StaleTail::StaleTail(std::span<const unsigned char> bytes, std::span<const qint64> strides)
{
    const auto size = static_cast<qint64>(bytes.size());
    const qint64 places = std::min(mostPlaces, (size - windowBytes) / (2 * phases));
    if (places < 2 * qint64{leastPlaces} || size < 8 * windowBytes) {
        return;
    }
    const qint64 step = (size - windowBytes) / places / phases * phases;
    const Mask mask = tellingBytes(bytes);
    std::vector<qint64> tried;
    std::vector<std::vector<float>> likenesses;
    std::vector<std::vector<int>> differences;
    for (const qint64 stride : strides) {
        const Likeness likeness(bytes, stride, mask);
        if (std::find(tried.begin(), tried.end(), stride) == tried.end() &&
            likeness.room() > 2 * qint64{leastPlaces} * step) {
            tried.push_back(stride);
            likenesses.push_back(likeness.at(0, likeness.room(), step, windowBytes));
            differences.push_back(likeness.differences(step));
        }
    }
    Split best;
    std::size_t inFront = 0;
    std::size_t behind = 0;
    for (std::size_t front = 0; front < tried.size(); ++front) {
        for (std::size_t back = 0; back < tried.size(); ++back) {
            if (areRelated(tried[front], tried[back])) {
                continue;
            }
            const Split split = splitOf(likenesses[front], likenesses[back]);
            if (split.evidence > best.evidence &&
                static_cast<qint64>(split.at) * step > leastRows * tried[front] &&
                advantage(differences[front], differences[back], 0, split.at) > 0.15 &&
                advantage(differences[back], differences[front], split.at, differences[back].size()) > 0.1) {
                best = split;
                inFront = front;
                behind = back;
            }
        }
    }
    if (best.at == 0) {
        return;
    }
    const auto above = [&](std::size_t index) {
        const std::span<const float> likeness(likenesses[index]);
        return meanOf(likeness.first(std::min(best.at, likeness.size())));
    };
    for (std::size_t i = 0; i < tried.size(); ++i) {
        if (above(i) > 0.5 * above(inFront)) {
            m_inFront.push_back(tried[i]);
        }
    }
    m_begin = endOfFront(Likeness(bytes, tried[inFront], mask), Likeness(bytes, tried[behind], mask),
                         tried[inFront], static_cast<qint64>(best.at) * step, 4 * step + tried[behind]);
}

bool StaleTail::isOlder(qint64 stride) const
{
    // Every second row of a mosaic resembles the others more than its neighbours.
    return m_begin > 0 && std::none_of(m_inFront.begin(), m_inFront.end(),
                                       [&](qint64 known) { return known == stride || known == 2 * stride; });
}

} // namespace shmpix
