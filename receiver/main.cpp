#include "common/base/commandline.h"
#include "common/base/console.h"
#include "common/channel/keydoctor.h"

#include "receiver/headlessreceiver.h"
#include "receiver/receiverwindow.h"

#include <QApplication>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

QString program()
{
    return QStringLiteral("shmpix-receiver");
}

int runWindow(int argc, char** argv)
{
    using namespace shmpix;
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Shmpix"));
    QApplication::setApplicationName(program());
    const auto options =
        parseReceiverOptions(QApplication::arguments()); // without the words that were Qt's own
    if (!options) {
        return reportError(program(), options.error());
    }
#ifdef __GLIBC__
    // Pictures go back to the system as soon as they are replaced; by default the C library keeps freed
    // blocks of their size once it has seen one, and the window would hold the memory of pictures that nobody
    // sees.
    constexpr int pictureBytes = 1 << 20;
    ::mallopt(M_MMAP_THRESHOLD, pictureBytes);
#endif
    ReceiverWindow window(*options);
    window.show();
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv)
{
    using namespace shmpix;
    QStringList words;
    for (int i = 0; i < argc; ++i) {
        words.append(QString::fromLocal8Bit(argv[i]));
    }
    const auto options = parseReceiverOptions(words);
    const bool isHeadless = words.contains(QStringLiteral("--headless"));
    if (!options && (isHeadless || !hasQtArguments(words))) {
        return reportError(program(), options.error());
    }
    if (options && !options->printAndLeave.isEmpty()) {
        printText(options->printAndLeave);
        return 0;
    }
    if (options && options->doctor) { // no display is needed
        const QCoreApplication application(argc, argv);
        return runDoctor(*options->doctor, options->protocol, options->json);
    }
    if (options && options->headless) { // no display is needed
        const QCoreApplication application(argc, argv);
        return runHeadlessReceiver(*options);
    }
    return runWindow(argc, argv);
}
