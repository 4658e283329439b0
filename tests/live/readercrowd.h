#pragma once

#include "common/segment/segmentaddress.h"
#include "tests/live/checkingreader.h"
#include "tests/live/forkedprocess.h"

#include <array>
#include <chrono>
#include <list>

namespace shmpix::test {

/// The shared memory through which a writer of known frames and its readers, all of them processes,
/// communicate.
struct CrowdBoard
{
    static constexpr int mostReaders = 4;

    std::array<FrameTally, mostReaders> readers;
    std::atomic<bool> stop = false; ///< everybody has to end

    std::atomic<quint64> seenLife = 0; ///< the writer of which all readers have a frame
    /// When the newest writer published its first frame.
    std::atomic<std::chrono::steady_clock::time_point> firstFrame;
    std::atomic<quint64> written = 0; ///< frames
    std::atomic<quint64> waits = 0;   ///< how often the writer gave up the processor voluntarily
    std::atomic<quint64> work = 0;    ///< microseconds of processor time that it has used

    [[nodiscard]] quint64 sum(std::atomic<quint64> FrameTally::*count) const;
};

/// The longest wait for anything that must happen.
constexpr std::chrono::seconds crowdDeadline{20};

/// The process of a reader: checks frames until the board says stop. Every second reader visits the frames in
/// place. A violation is printed and ends the process.
[[nodiscard]] int readAsOneOfCrowd(const SegmentAddress& address, KnownFrames frames, int reader,
                                   FrameTally& tally, const CrowdBoard& board);

using Processes = std::list<ForkedProcess>;

/// Starts readers, each with a place on the board.
[[nodiscard]] Processes startReaders(int count, const SegmentAddress& address, KnownFrames frames,
                                     CrowdBoard& board);

/// Returns how many readers have failed, once the board says stop.
[[nodiscard]] int failuresOf(Processes& processes);

/// Waits until the condition holds for the board's first `count` readers.
[[nodiscard]] bool allReaders(const CrowdBoard& board, int count,
                              const std::function<bool(const FrameTally&)>& says);

} // namespace shmpix::test
