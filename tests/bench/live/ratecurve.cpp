#include "tests/bench/live/ratecurve.h"

namespace shmpix::bench {

std::vector<RatesOfSize> measureRateCurve(const std::vector<Transport>& known)
{
    constexpr QSize sizes[] = {{64, 64},    {160, 120},   {320, 240},   {640, 480},
                               {1280, 720}, {1920, 1080}, {3840, 2160}, {7680, 4320}};
    constexpr double seconds = 0.2;
    constexpr int rounds = 3;
    std::vector<RatesOfSize> curve;
    for (const QSize size : sizes) {
        curve.push_back(
            {size, ratesInTurns(known, {known.front(), {}, size, Work::Copy, 0, seconds}, rounds)});
    }
    return curve;
}

QString toTable(const std::vector<RatesOfSize>& curve, const std::vector<Transport>& known)
{
    QString table = QStringLiteral("| RGBA frames/s |");
    QString line = QStringLiteral("|---|");
    for (const Transport& transport : known) {
        table += QStringLiteral(" %1 |").arg(transport.title);
        line += QStringLiteral("---|");
    }
    table += QLatin1Char('\n') + line + QLatin1Char('\n');
    for (const RatesOfSize& row : curve) {
        table += QStringLiteral("| %1x%2 |").arg(row.size.width()).arg(row.size.height());
        for (const Transport& transport : known) {
            const auto rate = row.rates.find(transport.name);
            table += rate != row.rates.end() ? QStringLiteral(" %1 |").arg(rate->second, 0, 'f', 0)
                                             : QStringLiteral(" — |");
        }
        table += QLatin1Char('\n');
    }
    return table;
}

} // namespace shmpix::bench
