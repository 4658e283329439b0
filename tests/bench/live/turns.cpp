#include "tests/bench/live/turns.h"

namespace shmpix::bench {

Rates ratesInTurns(const std::vector<Transport>& transports, const Task& task, int rounds)
{
    std::map<QString, std::vector<double>> measured;
    for (int round = 0; round < rounds; ++round) {
        for (const Transport& transport : transports) {
            Task own = task;
            own.transport = transport;
            if (const auto rate = measureRate(own)) {
                measured[transport.name].push_back(*rate);
            }
        }
    }
    Rates rates;
    for (const auto& [name, values] : measured) {
        rates[name] = median(values);
    }
    return rates;
}

} // namespace shmpix::bench
