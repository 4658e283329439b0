// shmpix-bench FILE.json: measures every figure that the project promises, prints a table and writes it to
// the file.
#include "tests/bench/figures.h"
#include "tests/bench/listresponse.h"
#include "tests/bench/windowmemory.h"

#include <QFile>
#include <QGuiApplication>
#include <QJsonDocument>

#include <benchmark/benchmark.h>

#include <cstdio>

namespace {

/// Keeps the medians and shows the usual lines of the benchmarks.
class MedianCollector final : public benchmark::ConsoleReporter
{
public:
    void ReportRuns(const std::vector<Run>& runs) override
    {
        for (const Run& run : runs) {
            if (run.run_type == Run::RT_Aggregate && run.aggregate_name == "median") {
                const std::string name = run.run_name.function_name;
                medians[name] = run.GetAdjustedRealTime();
            }
        }
        ConsoleReporter::ReportRuns(runs);
    }
    shmpix::bench::Medians medians;
};

} // namespace

int main(int argc, char** argv)
{
    using namespace shmpix::bench;
    if (argc > 2 && qstrcmp(argv[1], "--window-memory") == 0) {
        return measureWindowMemory(argc, argv);
    }
    if (argc > 2 && qstrcmp(argv[1], "--list-response") == 0) {
        return measureListResponse(argc, argv);
    }
    // Interleaved and in random order, so that a slow phase of the machine affects all of them.
    char name[] = "shmpix-bench";
    char repetitions[] = "--benchmark_repetitions=9";
    char minTime[] = "--benchmark_min_time=0.05";
    char interleave[] = "--benchmark_enable_random_interleaving=true";
    char aggregates[] = "--benchmark_report_aggregates_only=true";
    char* flags[] = {name, repetitions, minTime, interleave, aggregates, nullptr};
    int flagCount = 5;
    benchmark::Initialize(&flagCount, flags);
    QCoreApplication application(argc, argv);
    MedianCollector collector;
    benchmark::RunSpecifiedBenchmarks(&collector);
    std::vector<Figure> figures = timeFigures(collector.medians);
    const std::vector<Figure> memory = windowMemoryFigures();
    figures.insert(figures.end(), memory.begin(), memory.end());
    const std::vector<Figure> response = listResponseFigures();
    figures.insert(figures.end(), response.begin(), response.end());
    std::printf("\n%s", qUtf8Printable(toTable(figures)));
    if (argc > 1) {
        QFile file(QString::fromLocal8Bit(argv[1]));
        if (!file.open(QIODevice::WriteOnly)) {
            std::fprintf(stderr, "shmpix-bench: %s cannot be written\n", argv[1]);
            return 1;
        }
        file.write(QJsonDocument(toJson(figures)).toJson());
    }
    return 0;
}
