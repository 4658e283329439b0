#pragma once

#include "tests/bench/live/roles.h"
#include "tests/support/peerprocess.h"

#include <QTemporaryDir>

#include <memory>
#include <optional>
#include <vector>

namespace shmpix::bench {

/// A writer process and what it left; both end with this object.
class WriterProcess
{
public:
    explicit WriterProcess(const Task& task);
    ~WriterProcess();
    WriterProcess(const WriterProcess&) = delete;
    WriterProcess& operator=(const WriterProcess&) = delete;

    [[nodiscard]] bool isReady() const { return m_isReady; }

    /// What its readers are to be told.
    [[nodiscard]] const Task& task() const { return m_task; }

    /// How many frames it sends in a second, counted over so many seconds from now.
    [[nodiscard]] std::optional<double> framesPerSecond(double seconds);

private:
    QTemporaryDir m_folder;
    Task m_task;
    std::unique_ptr<test::PeerProcess> m_process;
    bool m_isReady = false;
};

/// Starts a reader process.
[[nodiscard]] std::unique_ptr<test::PeerProcess> startReader(const Task& task);

/// Runs a reader process. Whole frames that it got, per second; nothing when it failed, which is said on
/// standard error.
[[nodiscard]] std::optional<double> readRate(const Task& task);

/// One round: a writer and a reader, new processes.
[[nodiscard]] std::optional<double> measureRate(const Task& task);

/// One round of wake-ups: nanoseconds from a frame's being filled to the reader's having it.
[[nodiscard]] std::vector<double> measureWakeUps(const Task& task);

/// The part in the middle, and the value that so many of a hundred do not exceed. Of nothing: 0.
[[nodiscard]] double median(std::vector<double> values);
[[nodiscard]] double percentile(std::vector<double> values, double percent);

/// The task as arguments of a program, without the transport's functions; and back.
[[nodiscard]] QStringList toArguments(const Task& task);
[[nodiscard]] std::optional<Task> fromArguments(const QStringList& arguments,
                                                const std::vector<Transport>& known);

} // namespace shmpix::bench
