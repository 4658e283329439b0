#include "tests/bench/live/livefigures.h"
#include "tests/bench/live/rounds.h"

#include <map>

namespace shmpix::bench {

std::vector<Figure> wakeUpFigures(const std::vector<Transport>& known)
{
    constexpr QSize size1080p(1920, 1080);
    constexpr double framesPerSecond = 60;
    constexpr double seconds = 1.5;
    constexpr int rounds = 3;
    std::map<QString, std::vector<double>> delays;
    for (int round = 0; round < rounds; ++round) {
        for (const Transport& transport : known) {
            const auto more =
                measureWakeUps({transport, {}, size1080p, Work::WakeUp, framesPerSecond, seconds});
            std::vector<double>& all = delays[transport.name];
            all.insert(all.end(), more.begin(), more.end());
        }
    }

    struct Part
    {
        QString name;
        double percent;
        double goal; ///< microseconds
    };
    const Part parts[] = {{QStringLiteral("half of them"), 50, 50}, {QStringLiteral("99 of 100"), 99, 300}};
    constexpr double microsecond = 1000;
    std::vector<Figure> figures;
    for (const Part& part : parts) {
        const auto at = [&](const Transport& transport) {
            return percentile(delays[transport.name], part.percent) / microsecond;
        };
        if (delays[known.front().name].empty()) {
            continue;
        }
        const QString name =
            QStringLiteral("live wake-up, 1080p at 60 frames/s, frame filled to reader running, %1")
                .arg(part.name);
        const QString unit = QStringLiteral("µs");
        figures.push_back(
            {name, unit, at(known.front()), QStringLiteral("the limit"), part.goal, Comparison::AtMost, 1});
        for (std::size_t i = 1; i < known.size(); ++i) {
            if (!delays[known[i].name].empty()) {
                figures.push_back({name, unit, at(known.front()), known[i].title, at(known[i]),
                                   Comparison::AtMost, std::nullopt});
            }
        }
    }
    return figures;
}

} // namespace shmpix::bench
