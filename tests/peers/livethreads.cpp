// A writer and four readers of known frames (tests/live/knownframes.h) as threads of one process, over plain
// memory, so that a race detector can check them. `./dev soak` builds this program with the thread sanitiser.
//
//   livethreads small|changing FRAMES
//       Prints the frames of each reader; fails for a frame that differs from the one that was written
#include "common/live/ringaccess.h"
#include "tests/live/checkingreader.h"
#include "tests/live/ringplace.h"
#include "tests/support/framepattern.h"

#include <QString>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace shmpix;
using namespace shmpix::test;
using Clock = std::chrono::steady_clock;

/// Tells the detector that these bytes may be read at the same time.
void fillShared(std::span<std::byte> bytes, quint64 seed)
{
    static thread_local std::vector<std::byte> frame;
    frame.resize(bytes.size());
    fillFrame(frame, seed);
    copyShared(frame, bytes.data());
}

struct Reading
{
    FrameTally tally;
    QString violation;
};

void read(const std::stop_token& stop, RingPlace& memory, KnownFrames known, quint64 last, Reading& reading)
{
    CheckingReader reader(memory.reader(), known, CheckingReader::Way::Copies, reading.tally);
    while (!stop.stop_requested() && reading.tally.number < last) {
        reader.readNext();
    }
    reading.violation = reader.violation();
}

/// Whether all readers get the frame in time.
bool allGet(const std::array<Reading, 4>& readings, quint64 frame)
{
    const auto end = Clock::now() + std::chrono::seconds(60);
    while (!std::all_of(readings.begin(), readings.end(),
                        [frame](const Reading& reading) { return reading.tally.number == frame; })) {
        if (Clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string_view sizes = argc > 1 ? argv[1] : "";
    const quint64 frames = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    const KnownFrames known(sizes == "changing" ? KnownFrames::Sizes::Changing : KnownFrames::Sizes::Small);
    RingPlace memory;
    std::array<Reading, 4> readings;
    std::vector<std::jthread> threads;
    threads.reserve(readings.size());
    for (Reading& reading : readings) {
        threads.emplace_back(
            [&](const std::stop_token& stop) { read(stop, memory, known, frames, reading); });
    }
    FrameWriter writer(memory.writer());
    for (quint64 number = 1; number <= frames; ++number) {
        if (const auto written = known.write(writer, 1, number, fillShared); !written) {
            std::printf("error %s\n", qPrintable(written.error().text));
            return 1;
        }
    }
    bool isGood = allGet(readings, frames);
    threads.clear();
    for (const Reading& reading : readings) {
        std::printf("reader frames %llu torn %llu violations %llu %s\n", qulonglong(reading.tally.frames),
                    qulonglong(reading.tally.torn), qulonglong(reading.tally.violations),
                    qPrintable(reading.violation));
        isGood &= reading.tally.violations == 0 && reading.tally.frames > 1;
    }
    return isGood ? 0 : 1;
}
