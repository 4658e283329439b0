#pragma once

#include "common/app/commonoptions.h"
#include "common/app/console.h"
#include "common/app/librarymessages.h"
#include "common/app/standardfiles.h"
#include "common/doctor/keydoctor.h"

#include <QApplication>

namespace shmpix {

/// The differences between the two programs. Options extends CommonOptions.
template <class Options>
struct Program
{
    QString name;
    Result<Options> (*parse)(const QStringList& words);
    int (*runHeadless)(const Options& options); ///< there is a QCoreApplication, and no display
    int (*runWindow)(const Options& options);   ///< there is a QApplication
};

template <class Options>
[[nodiscard]] int startWindow(int argc, char** argv, const Program<Options>& program)
{
    takeLibraryMessages(program.name, Display::Wanted);
    const QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Shmpix"));
    const auto options = program.parse(QApplication::arguments()); // without Qt's own options
    return options ? program.runWindow(*options) : reportError(program.name, options.error());
}

/// The body of main(): parses the arguments and chooses between help, doctor, headless run and window.
/// Returns the exit status.
template <class Options>
[[nodiscard]] int startProgram(int argc, char** argv, const Program<Options>& program)
{
    prepareStandardFiles();
    const QStringList words = localWords(argc, argv);
    const auto options = program.parse(words);
    if (!options) {
        // For a window, the arguments are parsed again after Qt has removed its own options.
        const bool isForWindow = hasQtArguments(words) && !words.contains(QStringLiteral("--headless"));
        return isForWindow ? startWindow(argc, argv, program) : reportError(program.name, options.error());
    }
    if (!options->printAndLeave.isEmpty()) {
        return exitStatus(program.name, printText(options->printAndLeave));
    }
    if (!options->doctor && !options->headless) {
        return startWindow(argc, argv, program);
    }
    takeLibraryMessages(program.name, Display::None);
    const QCoreApplication application(argc, argv); // no display is needed
    return options->doctor
               ? exitStatus(program.name, runDoctor(*options->doctor, options->protocol, options->json))
               : program.runHeadless(*options);
}

} // namespace shmpix
