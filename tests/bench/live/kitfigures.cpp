#include "tests/bench/live/livefigures.h"
#include "tests/bench/live/livepair.h"
#include "tests/bench/live/rounds.h"

#include <QFile>

#include <cstdio>

namespace shmpix::bench {

namespace {

constexpr QSize size1080p(1920, 1080);
constexpr double secondsOfRound = 0.5;

/// The script that writes; it measures NumPy's own copying first.
QString script()
{
    return QStringLiteral(SHMPIX_SOURCE "/tests/bench/live/kitwriter.py");
}

struct Round
{
    double ours = 0;
    double numpy = 0;
};

std::optional<Round> measureRound(const Transport& ours)
{
    const QTemporaryDir folder(QStringLiteral("/dev/shm/shmpix-bench-XXXXXX"));
    test::PeerProcess writer(test::pythonWithNumpy(),
                             {script(), liveAddress(folder.path()), QString::number(size1080p.width()),
                              QString::number(size1080p.height())});
    const QString numpy = writer.waitForLine(QStringLiteral("numpy "));
    if (numpy.isNull()) {
        std::fprintf(stderr, "shmpix-live-bench: the Python kit: %s\n",
                     qPrintable(writer.standardError().trimmed()));
        return {};
    }
    const auto rate = readRate({ours, folder.path(), size1080p, Work::Copy, 0, secondsOfRound});
    writer.endInput();
    static_cast<void>(writer.exitCode());
    return rate ? std::optional(Round{*rate, numpy.section(QLatin1Char(' '), 1).toDouble()}) : std::nullopt;
}

} // namespace

std::vector<Figure> kitFigures(const Transport& ours)
{
    constexpr int rounds = 5;
    constexpr double goal = 0.8;
    std::vector<double> kit;
    std::vector<double> numpy;
    for (int i = 0; i < rounds; ++i) {
        const auto round = measureRound(ours);
        if (!round) {
            return {};
        }
        kit.push_back(round->ours);
        numpy.push_back(round->numpy);
    }
    return {{QStringLiteral("live 1080p RGBA flat out, Python kit's writer to our reader"),
             QStringLiteral("frames/s"), median(kit),
             QStringLiteral("numpy.copyto of as many bytes into a ring of four"), median(numpy),
             Comparison::AtLeast, goal}};
}

} // namespace shmpix::bench
