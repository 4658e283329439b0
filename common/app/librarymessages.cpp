#include "common/app/librarymessages.h"

#include "common/app/console.h"
#include "common/base/limiterror.h"

#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LibraryMessages)
};

[[noreturn]] void leave(const Error& error)
{
    std::_Exit(reportError(QCoreApplication::applicationName(), error));
}

void take(QtMsgType type, const QMessageLogContext&, const QString& text)
{
    if (type == QtFatalMsg) {
        const QString failure = Text::tr("The program cannot run");
        const auto limit = openLimitError(failure);
        leave(limit.value_or(Error{ErrorCode::System, failure + QStringLiteral(": ") + text.simplified()}));
    }
}

/// Replaces Qt's message about a missing display, which suggests reinstalling the program.
void takeWithDisplay(QtMsgType type, const QMessageLogContext& context, const QString& text)
{
    if (type == QtFatalMsg && QCoreApplication::startingUp() && !openLimitError(QString())) {
        leave({ErrorCode::System, Text::tr("No window can be opened because Qt finds no display. Start the "
                                           "program in a desktop session, or add --headless.")});
    }
    take(type, context, text);
}

#ifdef __GLIBC__

ssize_t swallow(void*, const char*, std::size_t size)
{
    return ssize_t(size);
}

/// Silences libraries that write to standard error themselves, such as libpng. Signals and sanitizers write
/// to the descriptor, which stays open.
void swallowStandardError()
{
    if (std::FILE* const nowhere = ::fopencookie(nullptr, "w", {nullptr, swallow, nullptr, nullptr})) {
        stderr = nowhere;
    }
}

#else

void swallowStandardError() {}

#endif

} // namespace

void takeLibraryMessages(const QString& program, Display display)
{
    QCoreApplication::setApplicationName(program);
    if (display == Display::None) {
        // GLib's event loop aborts the process if it cannot open a file. Native desktop dialogs need it.
        qputenv("QT_NO_GLIB", "1");
    }
    qInstallMessageHandler(display == Display::Wanted ? takeWithDisplay : take);
    swallowStandardError();
}

} // namespace shmpix
