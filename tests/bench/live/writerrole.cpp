#include "tests/bench/live/framestamp.h"
#include "tests/bench/live/roles.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

namespace shmpix::bench {

namespace {

/// Answers the lines on standard input on a separate thread; tells when the input has ended.
class Answering
{
public:
    explicit Answering(const std::atomic<quint64>& sent)
        : m_thread([this, &sent] {
            for (int letter = std::getchar(); letter != EOF; letter = std::getchar()) {
                if (letter == '\n') {
                    std::printf("sent %llu %lld\n", static_cast<unsigned long long>(sent.load()),
                                static_cast<long long>(now()));
                    std::fflush(stdout);
                }
            }
            m_isOver = true;
        })
    {
    }
    [[nodiscard]] bool isOver() const { return m_isOver; }

private:
    std::atomic<bool> m_isOver = false;
    std::jthread m_thread;
};

/// Lets frames begin at fixed times; a late frame does not move the frames after it.
class Pace
{
public:
    explicit Pace(double framesPerSecond)
        : m_interval(framesPerSecond > 0 ? qint64(1e9 / framesPerSecond) : 0)
        , m_next(std::chrono::steady_clock::now())
    {
    }
    void wait()
    {
        if (m_interval.count() > 0) {
            m_next += m_interval;
            std::this_thread::sleep_until(m_next);
        }
    }

private:
    std::chrono::nanoseconds m_interval;
    std::chrono::steady_clock::time_point m_next;
};

bool sendOne(FrameOutlet& outlet, Work work, std::span<std::byte> own, quint64 number)
{
    switch (work) {
    case Work::Copy:
    case Work::Look:
        stamp(own, number);
        return outlet.send(own);
    case Work::Place:
        return outlet.fill([number](std::span<std::byte> frame) { fillPattern(frame, number); });
    case Work::WakeUp:
        break;
    }
    return outlet.fill([own](std::span<std::byte> frame) {
        std::memcpy(frame.data(), own.data(), own.size());
        const qint64 filled = now();
        std::memcpy(frame.data(), &filled, sizeof filled);
    });
}

} // namespace

qint64 now()
{
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int runWriter(const Task& task)
{
    const std::unique_ptr<FrameOutlet> outlet = task.transport.outlet(task.folder, task.size);
    if (!outlet) {
        std::fprintf(stderr, "The writer could not begin.\n");
        return 1;
    }
    std::puts("ready");
    std::fflush(stdout);
    std::vector<std::byte> own(frameBytes(task.size), std::byte(1));
    std::atomic<quint64> sent = 0;
    const Answering answering(sent);
    Pace pace(task.framesPerSecond);
    for (quint64 number = 1; !answering.isOver(); ++number) {
        pace.wait();
        if (sendOne(*outlet, task.work, own, number)) {
            sent.fetch_add(1, std::memory_order_relaxed);
        }
    }
    return 0;
}

} // namespace shmpix::bench
