#include "tests/bench/live/livewindow.h"

#include "receiver/window/livebar.h"
#include "receiver/window/receiverwindow.h"
#include "tests/bench/heartbeat.h"
#include "tests/bench/live/livepair.h"
#include "tests/bench/live/rounds.h"
#include "tests/bench/processstatus.h"

#include <QApplication>

#include <cstdio>
#include <ctime>

namespace shmpix::bench {

namespace {

constexpr QSize size4K(3840, 2160);
constexpr double framesPerSecond = 60;
constexpr double pictureMiB = double(frameBytes(size4K)) / (1024 * 1024);
constexpr double settleSeconds = 3;

/// Uses exit(), because quit() would close the window.
void runFor(double seconds)
{
    QTimer::singleShot(int(seconds * 1000), Qt::PreciseTimer, qApp, [] { QCoreApplication::exit(); });
    QCoreApplication::exec();
}

/// The processor time of this process in seconds.
double processorTime()
{
    timespec time = {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

} // namespace

int showLiveWindow(int argc, char** argv, const QString& key, double seconds)
{
    QApplication application(argc, argv);
    ReceiverOptions options;
    options.key = key;
    options.live = true;
    ReceiverWindow window(options);
    window.show();
    runFor(settleSeconds);

    const double memory = statusMiB("VmRSS");
    const double computed = processorTime();
    const qint64 begun = now();
    Heartbeat heartbeat;
    heartbeat.start();
    runFor(seconds);
    heartbeat.beat();
    const double elapsed = double(now() - begun) / 1e9;
    const LiveView& view = window.findChild<LiveBar*>()->session().view();
    std::printf("window %f %f %f %f\n", heartbeat.longest(), view.shownRate,
                (processorTime() - computed) / elapsed * 100, statusMiB("VmRSS") - memory);
    return view.hasFrame ? 0 : 1;
}

std::vector<Figure> liveWindowFigures(const Transport& ours, double seconds)
{
    const WriterProcess writer({ours, {}, size4K, Work::Copy, framesPerSecond, 0});
    const QTemporaryDir settings;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), settings.path());
    const test::Finished done = test::runToEnd(
        QCoreApplication::applicationFilePath(),
        {QStringLiteral("--window"), liveAddress(writer.task().folder), QString::number(seconds)},
        int((seconds + 30) * 1000), environment);
    const QList<QByteArray> numbers = done.out.trimmed().split(' ');
    if (!writer.isReady() || done.exitCode != 0 || numbers.size() != 5) {
        std::fprintf(stderr, "shmpix-live-bench: the live window showed nothing: %s%s\n",
                     done.out.constData(), done.err.constData());
        return {};
    }
    constexpr double stallLimit = 50;
    constexpr double flat = 0.25;
    const QString name = QStringLiteral("live window, 4K at 60 frames/s for %1 s: ").arg(seconds);
    return {
        {name + QStringLiteral("longest GUI stall"), QStringLiteral("ms"), numbers[1].toDouble(),
         QStringLiteral("the limit"), stallLimit, Comparison::AtMost, 1},
        {name + QStringLiteral("frames shown"), QStringLiteral("frames/s"), numbers[2].toDouble(),
         QStringLiteral("frames written"), framesPerSecond, Comparison::AtLeast, std::nullopt},
        {name + QStringLiteral("its processor time"), QStringLiteral("%"), numbers[3].toDouble(),
         QStringLiteral("one core"), 100, Comparison::AtMost, std::nullopt},
        {name + QStringLiteral("growth of its memory"), QStringLiteral("MiB"), numbers[4].toDouble(),
         QStringLiteral("one picture"), pictureMiB, Comparison::AtMost, flat},
    };
}

} // namespace shmpix::bench
