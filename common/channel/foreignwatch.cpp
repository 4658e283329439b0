#include "common/channel/foreignwatch.h"

#include "common/base/monotonicclock.h"

#include <algorithm>

namespace shmpix {

namespace {

using namespace std::chrono_literals;

constexpr auto lookWhenBusy = 16ms;
constexpr auto lookWhenIdle = 50ms;
constexpr auto idleAfter = 2s;
constexpr auto openAgainAfter = 500ms; ///< for segments that have grown
constexpr int shareOfTime = 100;       ///< a look takes at most this fraction of the time
constexpr auto rarestLook = 1s;
constexpr int mostAttempts = 3;
constexpr auto unstableFor = 250ms;

} // namespace

ForeignWatch::ForeignWatch(LoadRequest request)
    : m_request(std::move(request))
    , m_sampler(m_request.address)
    , m_notice(segmentFile(m_request.address))
{
    m_request.read.withoutLock = true;
    m_request.patience = 0ms;
}

/// Compares two groups. The first notices widespread changes at once; the others, taken in turn, notice small
/// changes.
bool ForeignWatch::lookForChange()
{
    const auto begin = MonotonicClock::now();
    if (begin >= m_nextOpen) {
        m_sampler.forget();
        m_nextOpen = begin + openAgainAfter;
    }
    m_group = m_group % (SegmentSampler::groups - 1) + 1;
    const bool isOther = !m_sampler.isAsBefore(m_seen, m_group);
    const auto end = MonotonicClock::now();
    const bool isIdle = end - m_lastChange > idleAfter;
    const MonotonicClock::duration usual = isIdle ? lookWhenIdle : lookWhenBusy;
    m_nextLook = end + std::clamp<MonotonicClock::duration>((end - begin) * shareOfTime, usual, rarestLook);
    return isOther;
}

bool ForeignWatch::wait(MonotonicClock::time_point deadline, const std::stop_token& stop)
{
    for (;;) {
        const auto now = MonotonicClock::now();
        if (!m_hasChanged && now >= m_nextLook && lookForChange()) {
            m_hasChanged = true;
            m_lastChange = now;
        }
        // A writer that was writing during the last look gets a moment to finish.
        if (m_hasChanged && (!m_unstableSince || now >= m_nextLook)) {
            return true;
        }
        if (now >= deadline || stop.stop_requested()) {
            return false;
        }
        const auto atMost =
            std::clamp<MonotonicClock::duration>(std::min(m_nextLook, deadline) - now, 1ms, 100ms);
        if (m_notice.wait(std::chrono::ceil<std::chrono::milliseconds>(atMost))) {
            m_sampler.forget();
            m_hasChanged = true;
            m_lastChange = MonotonicClock::now();
        }
    }
}

Result<std::optional<LoadedPicture>> ForeignWatch::read(const TimeLimit& limit)
{
    m_request.limit = limit;
    const auto begin = MonotonicClock::now();
    for (int i = 1;; ++i) {
        const auto before = m_sampler.sample();
        auto loaded = loadPicture(m_request);
        if (!loaded && limit.isOver()) {
            return std::optional<LoadedPicture>();
        }
        const auto after = m_sampler.sample();
        const bool isStable = before == after;
        const bool isLongEnough = m_unstableSince && MonotonicClock::now() - *m_unstableSince > unstableFor;
        m_torn += isStable ? 0 : 1;
        if (isStable || isLongEnough) {
            m_seen = after;
            m_hasChanged = false;
            m_unstableSince.reset();
            m_nextLook = MonotonicClock::now() + lookWhenBusy;
            return loaded ? Result<std::optional<LoadedPicture>>(std::move(*loaded)) : loaded.error();
        }
        if (i == mostAttempts) {
            m_unstableSince = m_unstableSince.value_or(begin);
            m_nextLook = MonotonicClock::now() + lookWhenBusy / 4;
            return std::optional<LoadedPicture>();
        }
    }
}

} // namespace shmpix
