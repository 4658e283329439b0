#include "tests/bench/live/livefigures.h"
#include "tests/bench/live/livepair.h"
#include "tests/bench/live/rounds.h"

#include <QFile>

#include <cstdio>

namespace shmpix::bench {

namespace {

constexpr QSize size1080p(1920, 1080);
constexpr double secondsOfRound = 0.5;

/// The writer's script. It first measures how fast NumPy copies.
QString script()
{
    return QStringLiteral(SHMPIX_SOURCE "/tests/bench/live/kitwriter.py");
}

/// Frames per second.
struct Round
{
    double looked = 0; ///< by a reader that looks at the frames
    double copied = 0; ///< by a reader that copies the frames
    double numpy = 0;  ///< copied by NumPy into shared memory, with nobody reading
    double own = 0;    ///< copied by NumPy into private memory, whose pages are larger
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
    Task task{ours, folder.path(), size1080p, Work::Look, 0, secondsOfRound};
    const auto looked = readRate(task);
    task.work = Work::Copy;
    const auto copied = readRate(task);
    writer.endInput();
    static_cast<void>(writer.exitCode());
    if (!looked || !copied) {
        return {};
    }
    return Round{*looked, *copied, numpy.section(QLatin1Char(' '), 1, 1).toDouble(),
                 numpy.section(QLatin1Char(' '), 2).toDouble()};
}

} // namespace

std::vector<Figure> kitFigures(const Transport& ours)
{
    constexpr int rounds = 5;
    constexpr double goal = 0.8;
    std::vector<double> looked;
    std::vector<double> copied;
    std::vector<double> numpy;
    std::vector<double> own;
    for (int i = 0; i < rounds; ++i) {
        const auto round = measureRound(ours);
        if (!round) {
            return {};
        }
        looked.push_back(round->looked);
        copied.push_back(round->copied);
        numpy.push_back(round->numpy);
        own.push_back(round->own);
    }
    const QString name =
        QStringLiteral("live 1080p RGBA flat out, Python kit's writer to our reader that %1");
    const QString unit = QStringLiteral("frames/s");
    const QString shared = QStringLiteral("numpy.copyto into a ring of four in shared memory");
    const QString looks = name.arg(QStringLiteral("looks in place"));
    return {{looks, unit, median(looked), shared, median(numpy), Comparison::AtLeast, std::nullopt},
            {looks, unit, median(looked),
             QStringLiteral("numpy.copyto into a ring of four arrays of its own"), median(own),
             Comparison::AtLeast, goal},
            {name.arg(QStringLiteral("copies, too")), unit, median(copied), shared, median(numpy),
             Comparison::AtLeast, std::nullopt}};
}

} // namespace shmpix::bench
