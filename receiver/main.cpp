#include "common/base/commandline.h"
#include "common/base/console.h"

#include "receiver/headlessreceiver.h"
#include "receiver/receiverwindow.h"

#include <QApplication>

namespace {

const QString program = QStringLiteral("shmpix-receiver");

int runWindow(int argc, char** argv)
{
    using namespace shmpix;
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Shmpix"));
    QApplication::setApplicationName(program);
    const auto options = parseReceiverOptions(QApplication::arguments()); // without the words that were Qt's own
    if (!options) {
        return reportError(program, options.error());
    }
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
    if (!options && !hasQtArguments(words)) {
        return reportError(program, options.error());
    }
    if (options && !options->printAndLeave.isEmpty()) {
        printLine(options->printAndLeave);
        return 0;
    }
    if (options && options->headless) { // no display is needed
        const QCoreApplication application(argc, argv);
        return runHeadlessReceiver(*options);
    }
    return runWindow(argc, argv);
}
