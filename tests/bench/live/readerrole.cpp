#include "tests/bench/live/framestamp.h"
#include "tests/bench/live/roles.h"

#include <cstdio>
#include <cstring>
#include <optional>
#include <thread>
#include <vector>

namespace shmpix::bench {

namespace {

constexpr qint64 nanosecondsPerSecond = 1'000'000'000;
constexpr qint64 patience = 10 * nanosecondsPerSecond; // for a writer that sends nothing
constexpr quint64 fewestFrames = 4;
constexpr quint64 framesBefore = 8; // both sides have then touched each slot
constexpr qint64 timeBefore = nanosecondsPerSecond / 10;

std::unique_ptr<FrameInlet> openInlet(const Task& task)
{
    const qint64 begun = now();
    std::unique_ptr<FrameInlet> inlet = task.transport.inlet(task.folder, task.size);
    while (!inlet && now() < begun + patience) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        inlet = task.transport.inlet(task.folder, task.size);
    }
    return inlet;
}

/// Reads one frame; returns its number if it came whole.
std::optional<quint64> getOne(FrameInlet& inlet, Work work, std::span<std::byte> own)
{
    std::optional<quint64> number;
    if (work == Work::Copy) {
        return inlet.copy(own) ? stampOf(own) : number;
    }
    const bool came = inlet.look([&number, work](std::span<const std::byte> frame) {
        number = work == Work::Place ? patternOf(frame) : stampOf(frame);
    });
    return came ? number : std::nullopt;
}

int measureRate(FrameInlet& inlet, const Task& task)
{
    std::vector<std::byte> own(frameBytes(task.size));
    const qint64 begun = now();
    const auto length = qint64(task.seconds * nanosecondsPerSecond);
    quint64 last = 0;
    quint64 distinct = 0;
    quint64 notWhole = 0;
    qint64 measuredFrom = 0;
    quint64 before = 0;
    qint64 time = begun;
    while (time < begun + patience) {
        const std::optional<quint64> number = getOne(inlet, task.work, own);
        time = now();
        if (!number || *number <= last) {
            notWhole += measuredFrom > 0 ? 1 : 0;
            continue;
        }
        last = *number;
        ++distinct;
        if (measuredFrom == 0 && distinct >= framesBefore && time > begun + timeBefore) {
            measuredFrom = time;
            before = distinct;
        } else if (measuredFrom > 0 && time > measuredFrom + length && distinct - before >= fewestFrames) {
            std::printf("rate %f %llu\n",
                        double(distinct - before) * nanosecondsPerSecond / double(time - measuredFrom),
                        static_cast<unsigned long long>(notWhole));
            return 0;
        }
    }
    std::fprintf(stderr, "Only %llu frames came.\n", static_cast<unsigned long long>(distinct));
    return 1;
}

int measureWakeUps(FrameInlet& inlet, const Task& task)
{
    const qint64 begun = now();
    const auto wanted = std::size_t(task.seconds * task.framesPerSecond);
    std::vector<qint64> delays;
    for (quint64 frames = 0;
         delays.size() < wanted && now() < begun + patience + qint64(task.seconds * 1e9);) {
        qint64 running = 0;
        qint64 filled = 0;
        const bool came = inlet.look([&running, &filled](std::span<const std::byte> frame) {
            running = now();
            std::memcpy(&filled, frame.data(), sizeof filled);
        });
        if (came && ++frames > framesBefore) {
            delays.push_back(inlet.arrival().value_or(running) - filled);
        }
    }
    std::fputs("ns", stdout);
    for (const qint64 delay : delays) {
        std::printf(" %lld", static_cast<long long>(delay));
    }
    std::puts("");
    return delays.size() == wanted ? 0 : 1;
}

} // namespace

int runReader(const Task& task)
{
    const std::unique_ptr<FrameInlet> inlet = openInlet(task);
    if (!inlet) {
        std::fprintf(stderr, "The reader found no writer.\n");
        return 1;
    }
    return task.work == Work::WakeUp ? measureWakeUps(*inlet, task) : measureRate(*inlet, task);
}

} // namespace shmpix::bench
