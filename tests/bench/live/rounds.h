#pragma once

#include "tests/bench/live/roles.h"
#include "tests/support/peerprocess.h"

#include <QTemporaryDir>

#include <memory>
#include <optional>
#include <vector>

namespace shmpix::bench {

/// A writer process and its files; both are removed with this object.
class WriterProcess
{
public:
    explicit WriterProcess(const Task& task);
    ~WriterProcess();
    WriterProcess(const WriterProcess&) = delete;
    WriterProcess& operator=(const WriterProcess&) = delete;

    [[nodiscard]] bool isReady() const { return m_isReady; }

    /// The parameters for its readers.
    [[nodiscard]] const Task& task() const { return m_task; }

    /// How many frames it sends per second, counted from now on for the given time.
    [[nodiscard]] std::optional<double> framesPerSecond(double seconds);

private:
    QTemporaryDir m_folder;
    Task m_task;
    std::unique_ptr<test::PeerProcess> m_process;
    bool m_isReady = false;
};

/// Starts a reader process.
[[nodiscard]] std::unique_ptr<test::PeerProcess> startReader(const Task& task);

/// Runs a reader process. Returns the whole frames that it got per second; nothing if it failed, which is
/// reported on standard error.
[[nodiscard]] std::optional<double> readRate(const Task& task);

/// One round: a new writer process and a new reader process.
[[nodiscard]] std::optional<double> measureRate(const Task& task);

/// One round of wake-ups: the nanoseconds from filling a frame until the reader has it.
[[nodiscard]] std::vector<double> measureWakeUps(const Task& task);

/// The median, and the value that the given percentage does not exceed. 0 if there are no values.
[[nodiscard]] double median(std::vector<double> values);
[[nodiscard]] double percentile(std::vector<double> values, double percent);

/// Converts the task to arguments of a program, without the transport's functions, and back.
[[nodiscard]] QStringList toArguments(const Task& task);
[[nodiscard]] std::optional<Task> fromArguments(const QStringList& arguments,
                                                const std::vector<Transport>& known);

} // namespace shmpix::bench
