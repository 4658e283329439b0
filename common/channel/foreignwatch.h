#pragma once

#include "common/channel/foldernotice.h"
#include "common/channel/segmentsampler.h"
#include "common/channel/subscriber.h"

#include <chrono>
#include <stop_token>

namespace shmpix {

/// Follows a segment whose writer tells nobody when it has written: one in any other protocol than live
/// frames. Looks whether the bytes have changed, at most sixty times a second and never for more than a
/// hundredth of the time; the system's notices come sooner where there are some. Such a writer can change the
/// bytes at any moment, so a picture counts when they were the same before it was read and after, as far as
/// samples tell: nothing is verified. Takes no lock. Used by one thread, not the GUI's.
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
