// shmpix-live-bench FILE.json FOLDER [PART...] measures the figures of live frames and of other ways of
// moving them, prints tables, adds the figures to the file, and plots the rates into the folder. The parts
// are copy place wakeup publish readers kit window curve; without any, all of them are measured. window-long
// measures the window for ten minutes.
#include "tests/bench/live/livefigures.h"
#include "tests/bench/live/livewindow.h"
#include "tests/bench/live/ratecurve.h"
#include "tests/bench/live/rounds.h"
#include "tests/bench/live/transports.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonDocument>

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace {

using namespace shmpix::bench;

bool writeFile(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    const bool written = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
    if (!written) {
        std::fprintf(stderr, "shmpix-live-bench: %s cannot be written\n", qPrintable(path));
    }
    return written;
}

/// Keeps the figures that are already in the file, except for those that are measured again.
bool addToJson(const QString& path, const std::vector<Figure>& figures)
{
    QFile file(path);
    QJsonArray all;
    if (file.open(QIODevice::ReadOnly)) {
        const QJsonArray before = QJsonDocument::fromJson(file.readAll()).array();
        std::copy_if(before.begin(), before.end(), std::back_inserter(all),
                     [&figures](const QJsonValue& one) {
                         const QString name = one[QStringLiteral("name")].toString();
                         return std::none_of(figures.begin(), figures.end(),
                                             [&name](const Figure& figure) { return figure.name == name; });
                     });
        file.close();
    }
    for (const auto& one : toJson(figures)) {
        all.append(one);
    }
    return writeFile(path, QJsonDocument(all).toJson());
}

int runRole(const QStringList& arguments)
{
    const auto task = fromArguments(arguments.mid(1), transports());
    if (!task) {
        return 2;
    }
    return arguments.first() == QStringLiteral("--write") ? runWriter(*task) : runReader(*task);
}

std::vector<Figure> measureFigures(const std::vector<Transport>& known, const QStringList& parts)
{
    std::vector<Figure> figures;
    const auto measure = [&](const QString& part, const auto& function) {
        if (parts.isEmpty() || parts.contains(part)) {
            const std::vector<Figure> more = function();
            std::printf("%s\n", qUtf8Printable(toTable(more)));
            std::fflush(stdout);
            figures.insert(figures.end(), more.begin(), more.end());
        }
    };
    measure(QStringLiteral("copy"), [&] { return copyFigures(known); });
    measure(QStringLiteral("place"), [&] { return placeFigures(known); });
    measure(QStringLiteral("wakeup"), [&] { return wakeUpFigures(known); });
    measure(QStringLiteral("publish"), [] { return publishFigures(); });
    measure(QStringLiteral("readers"), [&] { return stoppedReaderFigures(known.front()); });
    measure(QStringLiteral("kit"), [&] { return kitFigures(known.front()); });
    constexpr double windowSeconds = 8;
    constexpr double tenMinutes = 600;
    measure(QStringLiteral("window"), [&] { return liveWindowFigures(known.front(), windowSeconds); });
    if (parts.contains(QStringLiteral("window-long"))) {
        measure(QStringLiteral("window-long"), [&] { return liveWindowFigures(known.front(), tenMinutes); });
    }
    return figures;
}

bool measureCurve(const std::vector<Transport>& known, const QString& folder)
{
    const std::vector<RatesOfSize> curve = measureRateCurve(known);
    const QString table = toTable(curve, known);
    std::printf("%s\n", qUtf8Printable(table));
    return QDir().mkpath(folder) && writeFile(folder + QStringLiteral("/live-rates.md"), table.toUtf8()) &&
           writeFile(folder + QStringLiteral("/live-rates.svg"), toSvg(curve, known).toUtf8());
}

} // namespace

int main(int argc, char** argv)
{
    if (argc == 4 && qstrcmp(argv[1], "--window") == 0) {
        return showLiveWindow(argc, argv, QString::fromLocal8Bit(argv[2]), QByteArray(argv[3]).toDouble());
    }
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments().mid(1);
    if (arguments.value(0).startsWith(QStringLiteral("--"))) {
        return runRole(arguments);
    }
    if (arguments.size() < 2) {
        std::fputs("shmpix-live-bench FILE.json FOLDER [PART...]\n", stderr);
        return 2;
    }
    const std::vector<Transport> known = transports();
    const QStringList parts = arguments.mid(2);
    const std::vector<Figure> figures = measureFigures(known, parts);
    bool written = addToJson(arguments[0], figures);
    if (parts.isEmpty() || parts.contains(QStringLiteral("curve"))) {
        written = measureCurve(known, arguments[1]) && written;
    }
    const bool mayMiss = !parts.contains(QStringLiteral("window-long"));
    const bool holds = !figures.empty() && std::all_of(figures.begin(), figures.end(),
                                                       [](const Figure& figure) { return figure.holds(); });
    return written && (mayMiss || holds) ? 0 : 1;
}
