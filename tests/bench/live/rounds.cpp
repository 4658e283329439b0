#include "tests/bench/live/rounds.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

namespace shmpix::bench {

namespace {

constexpr int argumentCount = 7;

/// Runs a reader and returns its result line; null if it failed.
QString readResult(const Task& task, const QString& start)
{
    const std::unique_ptr<test::PeerProcess> reader = startReader(task);
    QString line = reader->waitForLine(start);
    if (line.isNull()) {
        std::fprintf(stderr, "shmpix-live-bench: %s at %dx%d: %s\n", qPrintable(task.transport.name),
                     task.size.width(), task.size.height(), qPrintable(reader->standardError().trimmed()));
    }
    return line;
}

} // namespace

WriterProcess::WriterProcess(const Task& task)
    : m_folder(QStringLiteral("/dev/shm/shmpix-bench-XXXXXX"))
    , m_task(task)
{
    m_task.folder = m_folder.path();
    m_process =
        std::make_unique<test::PeerProcess>(QCoreApplication::applicationFilePath(),
                                            QStringList{QStringLiteral("--write")} + toArguments(m_task));
    m_isReady = m_process->readLine() == QStringLiteral("ready");
    if (!m_isReady) {
        std::fprintf(stderr, "shmpix-live-bench: %s: %s\n", qPrintable(task.transport.name),
                     qPrintable(m_process->standardError().trimmed()));
    }
}

WriterProcess::~WriterProcess()
{
    m_process->endInput();
    static_cast<void>(m_process->exitCode(5000));
}

std::optional<double> WriterProcess::framesPerSecond(double seconds)
{
    const auto ask = [this] {
        m_process->writeLine({});
        return m_process->waitForLine(QStringLiteral("sent ")).split(QLatin1Char(' '));
    };
    const QStringList before = ask();
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    const QStringList after = ask();
    const double elapsed = (after.value(2).toDouble() - before.value(2).toDouble()) / 1e9;
    if (elapsed <= 0) {
        return {};
    }
    return (after.value(1).toDouble() - before.value(1).toDouble()) / elapsed;
}

std::unique_ptr<test::PeerProcess> startReader(const Task& task)
{
    return std::make_unique<test::PeerProcess>(QCoreApplication::applicationFilePath(),
                                               QStringList{QStringLiteral("--read")} + toArguments(task));
}

std::optional<double> readRate(const Task& task)
{
    const QString line = readResult(task, QStringLiteral("rate "));
    return line.isNull() ? std::nullopt : std::optional(line.section(QLatin1Char(' '), 1, 1).toDouble());
}

std::optional<double> measureRate(const Task& task)
{
    const WriterProcess writer(task);
    return writer.isReady() ? readRate(writer.task()) : std::nullopt;
}

std::vector<double> measureWakeUps(const Task& task)
{
    const WriterProcess writer(task);
    std::vector<double> delays;
    if (writer.isReady()) {
        const QString line = readResult(writer.task(), QStringLiteral("ns"));
        for (const QString& number : line.split(QLatin1Char(' ')).mid(1)) {
            delays.push_back(number.toDouble());
        }
    }
    return delays;
}

double median(std::vector<double> values)
{
    return percentile(std::move(values), 50);
}

double percentile(std::vector<double> values, double percent)
{
    if (values.empty()) {
        return 0;
    }
    const auto index = std::size_t(std::ceil(percent / 100 * double(values.size()))) - 1;
    const auto place = values.begin() + std::ptrdiff_t(index);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

QStringList toArguments(const Task& task)
{
    return {task.transport.name,
            task.folder,
            QString::number(task.size.width()),
            QString::number(task.size.height()),
            QString::number(int(task.work)),
            QString::number(task.framesPerSecond),
            QString::number(task.seconds)};
}

std::optional<Task> fromArguments(const QStringList& arguments, const std::vector<Transport>& known)
{
    const auto transport = std::find_if(known.begin(), known.end(), [&arguments](const Transport& one) {
        return one.name == arguments.value(0);
    });
    if (arguments.size() != argumentCount || transport == known.end()) {
        return {};
    }
    return Task{*transport,
                arguments[1],
                QSize(arguments[2].toInt(), arguments[3].toInt()),
                Work(arguments[4].toInt()),
                arguments[5].toDouble(),
                arguments[6].toDouble()};
}

} // namespace shmpix::bench
