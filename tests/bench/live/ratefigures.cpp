#include "tests/bench/live/framestamp.h"
#include "tests/bench/live/livefigures.h"
#include "tests/bench/live/turns.h"

#include <vector>

namespace shmpix::bench {

namespace {

constexpr QSize size4K(3840, 2160);
constexpr double secondsOfRound = 0.3;
constexpr int rounds = 5;

/// The goal compared with another transport.
std::optional<double> goalAgainst(const QString& name, Work work)
{
    constexpr double bare = 0.9;
    constexpr double zeroMq = 1.5;
    if (work == Work::Place) {
        return name == QStringLiteral("bare") ? std::optional<double>() : 1.0;
    }
    if (name == QStringLiteral("bare")) {
        return bare;
    }
    if (name == QStringLiteral("zeromq")) {
        return zeroMq;
    }
    return name == QStringLiteral("gstreamer") ? std::optional(1.0) : std::nullopt;
}

std::vector<Figure> rateFigures(const std::vector<Transport>& known, Work work, const QString& name)
{
    const Rates rates = ratesInTurns(known, {known.front(), {}, size4K, work, 0, secondsOfRound}, rounds);
    const auto ours = rates.find(known.front().name);
    std::vector<Figure> figures;
    for (std::size_t i = 1; ours != rates.end() && i < known.size(); ++i) {
        if (const auto other = rates.find(known[i].name); other != rates.end()) {
            figures.push_back({name, QStringLiteral("frames/s"), ours->second, known[i].title, other->second,
                               Comparison::AtLeast, goalAgainst(known[i].name, work)});
        }
    }
    return figures;
}

/// How often per second one process can read as much memory as a ring of four frames has, in frames per
/// second.
double passesPerSecond()
{
    constexpr std::size_t slots = 4;
    constexpr int passes = 5;
    std::vector<std::byte> memory(slots * frameBytes(size4K), std::byte(1));
    std::vector<double> rates;
    quint64 sum = 0;
    for (int i = 0; i < passes; ++i) {
        const qint64 begun = now();
        sum += sumOf(memory);
        rates.push_back(double(slots) * 1e9 / double(now() - begun));
    }
    return sum != 0 ? median(rates) : 0;
}

} // namespace

std::vector<Figure> copyFigures(const std::vector<Transport>& known)
{
    return rateFigures(known, Work::Copy, QStringLiteral("live 4K RGBA flat out, copied in and out"));
}

std::vector<Figure> placeFigures(const std::vector<Transport>& known)
{
    const QString name = QStringLiteral("live 4K RGBA flat out, filled and read in place");
    const double before = passesPerSecond();
    std::vector<Figure> figures = rateFigures(known, Work::Place, name);
    if (!figures.empty()) {
        figures.push_back({name, QStringLiteral("frames/s"), figures.front().value,
                           QStringLiteral("one process reading as much memory once"),
                           (before + passesPerSecond()) / 2, Comparison::AtLeast, std::nullopt});
    }
    return figures;
}

} // namespace shmpix::bench
