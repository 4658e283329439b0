#pragma once

#include "common/base/filenotice.h"
#include "common/base/monotonicclock.h"
#include "common/channel/loadpicture.h"
#include "common/channel/segmentsampler.h"

#include <chrono>
#include <stop_token>

namespace shmpix {

/// Follows a segment whose writer does not announce its writes: one in any protocol other than live frames.
/// Checks whether the bytes have changed, at most sixty times a second and for at most a hundredth of the
/// time; notifications of the system, where available, arrive sooner. Such a writer may change the bytes at
/// any time, so a picture counts if the samples were the same before and after reading it, but nothing is
/// verified. Takes no lock. Used by one thread, not the GUI's.
class ForeignWatch
{
public:
    explicit ForeignWatch(LoadRequest request);

    /// Waits until there is something unread. Returns false when the time is over or a stop is requested,
    /// which is noticed within a tenth of a second.
    [[nodiscard]] bool wait(MonotonicClock::time_point deadline, const std::stop_token& stop = {});

    /// Returns the current picture. Returns nothing if the limit is over, or while the writer changes the
    /// bytes faster than they can be read; after a quarter of a second it returns the last reading anyway.
    /// Fails like loadPicture(); a failed picture is not offered again until it changes.
    [[nodiscard]] Result<std::optional<LoadedPicture>> read(const TimeLimit& limit = {});

    /// Readings that were discarded because the bytes changed in the meantime.
    [[nodiscard]] quint64 torn() const { return m_torn; }

private:
    [[nodiscard]] bool lookForChange();

    LoadRequest m_request;
    SegmentSampler m_sampler;
    FileNotice m_notice;
    SegmentSampler::Samples m_seen; ///< the samples of the last reading
    int m_group = 0;                ///< the group to look at next, besides the first
    bool m_hasChanged = true;
    MonotonicClock::time_point m_lastChange;
    MonotonicClock::time_point m_nextLook;
    MonotonicClock::time_point m_nextOpen;
    std::optional<MonotonicClock::time_point> m_unstableSince;
    quint64 m_torn = 0;
};

} // namespace shmpix
