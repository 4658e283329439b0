#include "tests/bench/windowmemory.h"

#include "common/channel/publisher.h"
#include "receiver/window/receiverwindow.h"
#include "tests/bench/processstatus.h"
#include "tests/support/peerprocess.h"
#include "tests/support/pictures.h"
#include "tests/support/uniquekey.h"

#include <QApplication>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTimer>

#include <cstdio>

namespace shmpix::bench {

namespace {

constexpr QSize pictureSize(3840, 2160);
constexpr double pictureMiB = 3840.0 * 2160 * 4 / (1024 * 1024);

/// Uses exit(), because quit() would first close the window, and a hidden window needs less memory.
void runFor(int milliseconds)
{
    QTimer::singleShot(milliseconds, qApp, [] { QCoreApplication::exit(); });
    QCoreApplication::exec();
}

} // namespace

int measureWindowMemory(int argc, char** argv)
{
    QApplication application(argc, argv);
    ReceiverOptions options;
    options.key = QString::fromLocal8Bit(argv[2]);
    ReceiverWindow window(options);
    window.show();
    constexpr int longEnough = 1500; // for the window to settle; only memory is measured, not time
    runFor(longEnough);
    const double before = statusMiB("VmRSS");
    window.findChild<QPushButton*>(QStringLiteral("loadButton"))->click();
    runFor(longEnough);
    const double after = statusMiB("VmRSS");
    const double highest = statusMiB("VmHWM");
    if (!window.isVisible()) {
        std::fputs("The window is hidden: its memory is not that of a window that is looked at.\n", stderr);
        return 1;
    }
    std::printf("%f %f\n", after - before, highest - before);
    return 0;
}

std::vector<Figure> windowMemoryFigures()
{
    std::vector<Figure> figures;
    for (ProtocolId protocol : {ProtocolId::Datastream, ProtocolId::Rawsize}) {
        Publisher publisher;
        const QString key = test::uniqueName();
        if (!publisher.share({test::photo(pictureSize.width(), pictureSize.height(), QImage::Format_RGBA8888),
                              *SegmentAddress::parse(key), protocol})) {
            continue;
        }
        const QTemporaryDir settings;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        environment.insert(QStringLiteral("XDG_CONFIG_HOME"), settings.path());
        const test::Finished done =
            test::runToEnd(QCoreApplication::applicationFilePath(), {QStringLiteral("--window-memory"), key},
                           60000, environment);
        const QList<QByteArray> numbers = done.out.trimmed().split(' ');
        const QString name =
            QStringLiteral("receiver's memory for a 4K picture by %1, ").arg(protocolName(protocol));
        const QString reference = QStringLiteral("one picture");
        figures.push_back({name + QStringLiteral("above the empty window"), QStringLiteral("MiB"),
                           numbers.value(0).toDouble(), reference, pictureMiB, Comparison::AtMost, 2});
        figures.push_back({name + QStringLiteral("at its highest"), QStringLiteral("MiB"),
                           numbers.value(1).toDouble(), reference, pictureMiB, Comparison::AtMost, 2});
    }
    return figures;
}

} // namespace shmpix::bench
