#include "tests/bench/live/livefigures.h"
#include "tests/bench/live/rounds.h"

#include <csignal>
#include <map>
#include <thread>

namespace shmpix::bench {

namespace {

constexpr QSize size4K(3840, 2160);
constexpr double secondsOfRound = 1;

/// A process that stands still.
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

/// Readers that only look at each frame show whether the stopped one is in the writer's way. Those that copy
/// 4K frames 60 times a second take so much of the processors that more than a few would be in each other's
/// and the writer's way whatever carried the frames.
std::optional<double> writerRate(const Transport& ours, Work work, int readerCount)
{
    // The readers read for longer than is measured, and end with this.
    WriterProcess writer({ours, {}, size4K, Work::Copy, 60, 0});
    if (!writer.isReady()) {
        return {};
    }
    Task task = writer.task();
    task.work = work;
    task.seconds = 10 * secondsOfRound;
    std::vector<std::unique_ptr<test::PeerProcess>> readers;
    for (int i = 0; i < readerCount; ++i) {
        readers.push_back(startReader(task));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500)); // all of them have found it and copy
    std::optional<Stopped> stopped;
    if (!readers.empty()) {
        stopped.emplace(readers.front()->pid());
    }
    return writer.framesPerSecond(secondsOfRound);
}

} // namespace

std::vector<Figure> stoppedReaderFigures(const Transport& ours)
{
    struct Kind
    {
        Work work;
        const char* name;
    };
    constexpr Kind kinds[] = {{Work::Look, "look at each frame"}, {Work::Copy, "copy each frame"}};
    constexpr int readerCounts[] = {1, 2, 4, 8};
    constexpr int rounds = 2;
    std::vector<double> alone;
    std::map<std::pair<Work, int>, std::vector<double>> rates;
    const auto keep = [](std::optional<double> rate, std::vector<double>& in) {
        if (rate) {
            in.push_back(*rate);
        }
    };
    for (int round = 0; round < rounds; ++round) {
        keep(writerRate(ours, Work::Copy, 0), alone);
        for (const Kind& kind : kinds) {
            for (const int count : readerCounts) {
                keep(writerRate(ours, kind.work, count), rates[{kind.work, count}]);
            }
        }
    }
    constexpr double goal = 0.95;
    std::vector<Figure> figures;
    for (const Kind& kind : kinds) {
        for (const int count : readerCounts) {
            const std::vector<double>& with = rates[{kind.work, count}];
            if (!alone.empty() && !with.empty()) {
                figures.push_back(
                    {QStringLiteral(
                         "live writer of 4K at 60 frames/s, readers that %1: %2, one of them stopped")
                         .arg(QLatin1String(kind.name))
                         .arg(count),
                     QStringLiteral("frames/s"), median(with), QStringLiteral("without readers"),
                     median(alone), Comparison::AtLeast, goal});
            }
        }
    }
    return figures;
}

} // namespace shmpix::bench
