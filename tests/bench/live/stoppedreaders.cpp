#include "tests/bench/live/livefigures.h"
#include "tests/bench/live/rounds.h"

#include <csignal>
#include <map>
#include <thread>

namespace shmpix::bench {

namespace {

constexpr QSize size4K(3840, 2160);
constexpr double secondsOfRound = 1;

/// A stopped process.
class Stopped
{
public:
    explicit Stopped(qint64 pid)
        : m_pid(pid_t(pid))
    {
        ::kill(m_pid, SIGSTOP);
    }
    ~Stopped() { ::kill(m_pid, SIGCONT); }
    Stopped(const Stopped&) = delete;
    Stopped& operator=(const Stopped&) = delete;

private:
    pid_t m_pid;
};

std::optional<double> writerRate(const Transport& ours, int readerCount)
{
    // The readers read for longer than the measurement, and end with this object.
    WriterProcess writer({ours, {}, size4K, Work::Copy, 60, 0});
    if (!writer.isReady()) {
        return {};
    }
    Task task = writer.task();
    task.seconds = 10 * secondsOfRound;
    std::vector<std::unique_ptr<test::PeerProcess>> readers;
    readers.reserve(std::size_t(readerCount));
    for (int i = 0; i < readerCount; ++i) {
        readers.push_back(startReader(task));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500)); // by now, all readers have found it and copy
    std::optional<Stopped> stopped;
    if (!readers.empty()) {
        stopped.emplace(readers.front()->pid());
    }
    return writer.framesPerSecond(secondsOfRound);
}

} // namespace

std::vector<Figure> stoppedReaderFigures(const Transport& ours)
{
    constexpr int readerCounts[] = {0, 1, 2, 4, 8};
    constexpr int rounds = 3;
    std::map<int, std::vector<double>> rates;
    for (int round = 0; round < rounds; ++round) {
        for (const int count : readerCounts) {
            if (const auto rate = writerRate(ours, count)) {
                rates[count].push_back(*rate);
            }
        }
    }
    constexpr double goal = 0.95;
    std::vector<Figure> figures;
    for (const int count : readerCounts) {
        if (count > 0 && !rates[0].empty() && !rates[count].empty()) {
            figures.push_back(
                {QStringLiteral(
                     "live writer of 4K at 60 frames/s, copied by readers, of which one is stopped: %1")
                     .arg(count),
                 QStringLiteral("frames/s"), median(rates[count]), QStringLiteral("without readers"),
                 median(rates[0]), Comparison::AtLeast, goal});
        }
    }
    return figures;
}

} // namespace shmpix::bench
