#pragma once

#include "common/segment/segmentaddress.h"
#include "tests/live/checkingreader.h"
#include "tests/live/forkedprocess.h"

#include <array>
#include <chrono>
#include <list>

namespace shmpix::test {

/// What a writer of known frames and its readers, all of them processes, tell each other; lies in shared
/// memory.
struct CrowdBoard
{
    static constexpr int mostReaders = 4;

    std::array<FrameTally, mostReaders> readers;
    std::atomic<bool> stop = false; ///< all come to their end

    std::atomic<quint64> seenLife = 0; ///< the writer that all readers have a frame of
    std::atomic<std::chrono::steady_clock::time_point> firstFrame; ///< when the newest writer published it
    std::atomic<quint64> written = 0;                              ///< frames
    std::atomic<quint64> waits = 0; ///< how often the writer gave up the processor of its own accord
    std::atomic<quint64> work = 0;  ///< microseconds of a processor that it has used

    [[nodiscard]] quint64 sum(std::atomic<quint64> FrameTally::*count) const;
};

/// How long is waited for what must happen at all.
constexpr std::chrono::seconds crowdDeadline{20};

/// A reader's process: checks frames until the board says stop. Every second reader visits them in place. A
/// violation is printed and ends it.
[[nodiscard]] int readAsOneOfCrowd(const SegmentAddress& address, KnownFrames frames, int reader,
                                   FrameTally& tally, const CrowdBoard& board);

using Processes = std::list<ForkedProcess>;

/// Readers, each with its place on the board.
[[nodiscard]] Processes startReaders(int count, const SegmentAddress& address, KnownFrames frames,
                                     CrowdBoard& board);

/// How many have failed, once the board says stop.
[[nodiscard]] int failuresOf(Processes& processes);

/// Waits until all of the board's first readers say so.
[[nodiscard]] bool allReaders(const CrowdBoard& board, int count,
                              const std::function<bool(const FrameTally&)>& says);

} // namespace shmpix::test
