#include "tests/live/readercrowd.h"

#include "common/channel/livememory.h"

#include <algorithm>
#include <cstdio>
#include <thread>

namespace shmpix::test {

quint64 CrowdBoard::sum(std::atomic<quint64> FrameTally::*count) const
{
    quint64 all = 0;
    for (const FrameTally& reader : readers) {
        all += (reader.*count).load();
    }
    return all;
}

int readAsOneOfCrowd(const SegmentAddress& address, KnownFrames frames, int reader, FrameTally& tally,
                     const CrowdBoard& board)
{
    using Way = CheckingReader::Way;
    CheckingReader checking(readableMemory(address), frames,
                            reader % 2 == 0 ? Way::Copies : Way::VisitsInPlace, tally);
    while (!board.stop) {
        checking.readNext();
        if (!checking.violation().isEmpty()) {
            std::printf("error %s\n", qPrintable(checking.violation()));
            std::fflush(stdout);
            return 1;
        }
    }
    return 0;
}

Processes startReaders(int count, const SegmentAddress& address, KnownFrames frames, CrowdBoard& board)
{
    Processes readers;
    for (int i = 0; i < count; ++i) {
        readers.emplace_back([=, &board] {
            return readAsOneOfCrowd(address, frames, i, board.readers[std::size_t(i)], board);
        });
    }
    return readers;
}

int failuresOf(Processes& processes)
{
    int failures = 0;
    for (ForkedProcess& process : processes) {
        failures += process.wait() == 0 ? 0 : 1;
    }
    return failures;
}

bool allReaders(const CrowdBoard& board, int count, const std::function<bool(const FrameTally&)>& says)
{
    const auto end = std::chrono::steady_clock::now() + crowdDeadline;
    while (!std::all_of(board.readers.begin(), board.readers.begin() + count, says)) {
        if (std::chrono::steady_clock::now() > end || board.sum(&FrameTally::violations) > 0) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return true;
}

} // namespace shmpix::test
