#include "tests/bench/live/livefigures.h"
#include "tests/bench/live/rounds.h"

#include <map>

namespace shmpix::bench {

namespace {

constexpr double microsecond = 1000;

struct Part
{
    QString name;
    double percent;
    double limit; ///< microseconds
};

std::vector<Part> parts()
{
    return {{QStringLiteral("half of them"), 50, 50}, {QStringLiteral("99 of 100"), 99, 300}};
}

} // namespace

std::vector<Figure> wakeUpFigures(const std::vector<Transport>& known)
{
    constexpr QSize size1080p(1920, 1080);
    constexpr double framesPerSecond = 60;
    constexpr double seconds = 2;
    constexpr int rounds = 2;
    std::map<QString, std::vector<double>> delays;
    for (int round = 0; round < rounds; ++round) {
        for (const Transport& transport : known) {
            const auto more =
                measureWakeUps({transport, {}, size1080p, Work::WakeUp, framesPerSecond, seconds});
            std::vector<double>& all = delays[transport.name];
            all.insert(all.end(), more.begin(), more.end());
        }
    }
    std::vector<Figure> figures;
    for (const Transport& transport : known) {
        const std::vector<double>& all = delays[transport.name];
        const bool isOurs = &transport == &known.front();
        for (const Part& part : all.empty() ? std::vector<Part>() : parts()) {
            figures.push_back(
                {QStringLiteral("wake-up by %1, 1080p at 60 frames/s, frame filled to reader running, %2")
                     .arg(isOurs ? QStringLiteral("live frames") : transport.title, part.name),
                 QStringLiteral("µs"), percentile(all, part.percent) / microsecond,
                 QStringLiteral("our limit"), part.limit, Comparison::AtMost,
                 isOurs ? std::optional(1.0) : std::nullopt});
        }
    }
    return figures;
}

} // namespace shmpix::bench
