#include "common/base/commandline.h"
#include "common/base/console.h"
#include "sender/headlesssender.h"
#include "sender/senderoptions.h"

#include <QCoreApplication>

int main(int argc, char** argv)
{
    using namespace shmpix;
    QStringList words;
    for (int i = 0; i < argc; ++i) {
        words.append(QString::fromLocal8Bit(argv[i]));
    }
    const QString program = QStringLiteral("shmpix-sender");
    auto options = parseSenderOptions(words);
    if (!options && !hasQtArguments(words)) {
        return reportError(program, options.error());
    }
    if (options && !options->printAndLeave.isEmpty()) {
        printLine(options->printAndLeave);
        return 0;
    }
    QCoreApplication application(argc, argv);
    return runHeadlessSender(*options);
}
