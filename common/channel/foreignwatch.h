#pragma once

#include "common/channel/foldernotice.h"
#include "common/channel/segmentsampler.h"
#include "common/channel/subscriber.h"

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

    /// Waits until there is something that was not read yet. False when the time is over or somebody asks to
    /// stop, which is noticed within a tenth of a second.
    [[nodiscard]] bool wait(std::chrono::steady_clock::time_point deadline, const std::stop_token& stop = {});

    /// What is there now. Nothing when the writer changes it faster than it can be read; for a quarter of a
    /// second at most, then the last reading is given all the same. Fails as loadPicture() does; what failed
    /// is not offered again until it changes. Nothing, either, when the limit is over.
    [[nodiscard]] Result<std::optional<LoadedPicture>> read(const TimeLimit& limit = {});

    /// Readings that were thrown away because the bytes changed meanwhile.
    [[nodiscard]] quint64 torn() const { return m_torn; }

private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] bool lookForChange();

    LoadRequest m_request;
    SegmentSampler m_sampler;
    FolderNotice m_notice;
    SegmentSampler::Samples m_seen; ///< when it was read last
    int m_group = 0;                ///< that is looked at next, beside the first
    bool m_hasChanged = true;
    Clock::time_point m_lastChange;
    Clock::time_point m_nextLook;
    Clock::time_point m_nextOpen;
    std::optional<Clock::time_point> m_unstableSince;
    quint64 m_torn = 0;
};

} // namespace shmpix
