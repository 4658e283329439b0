#include "common/base/commandline.h"
#include "common/base/console.h"
#include "common/channel/keydoctor.h"
#include "common/image/decodeimage.h"

#include "sender/headlesssender.h"
#include "sender/senderwindow.h"
#include "sender/stopsignal.h"

#include <QApplication>

namespace {

QString program()
{
    return QStringLiteral("shmpix-sender");
}

int runWindow(int argc, char** argv)
{
    using namespace shmpix;
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Shmpix"));
    QApplication::setApplicationName(program());
    const auto options =
        parseSenderOptions(QApplication::arguments()); // without the words that were Qt's own
    if (!options) {
        return reportError(program(), options.error());
    }
    allowLargeImages();
    const StopSignal stop; // ending by a signal removes what is shared, as closing the window does
    QObject::connect(&stop, &StopSignal::received, &application, &QApplication::closeAllWindows);
    SenderWindow window(*options);
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
    const auto options = parseSenderOptions(words);
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
        return runHeadlessSender(*options);
    }
    return runWindow(argc, argv);
}
