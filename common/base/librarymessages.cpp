#include "common/base/librarymessages.h"

#include "common/base/console.h"
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

/// What Qt says when it finds no display proposes to install the program again.
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

/// What libraries write themselves, as libpng does. Signals and sanitisers write to the descriptor, which
/// stays.
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
        // Its loop of events, where it can open no file, ends us with a trap. Dialogs of desktops need it.
        qputenv("QT_NO_GLIB", "1");
    }
    qInstallMessageHandler(display == Display::Wanted ? takeWithDisplay : take);
    swallowStandardError();
}

} // namespace shmpix
