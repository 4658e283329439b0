#include "common/base/librarymessages.h"

#include "common/base/console.h"
#include "common/base/limiterror.h"

#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>

namespace shmpix {

namespace {

void take(QtMsgType type, const QMessageLogContext&, const QString& text)
{
    if (type != QtFatalMsg) {
        return;
    }
    const QString failure = QCoreApplication::translate("LibraryMessages", "The program cannot run");
    const auto limit = openLimitError(failure);
    std::_Exit(reportError(QCoreApplication::applicationName(),
                           limit.value_or(Error{ErrorCode::System, failure + QStringLiteral(": ") + text})));
}

#ifdef __GLIBC__

ssize_t swallow(void*, const char*, std::size_t size)
{
    return ssize_t(size);
}

/// What libraries write themselves, as libpng does; what the system says of a crash does not go that way.
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

void takeLibraryMessages(const QString& program)
{
    QCoreApplication::setApplicationName(program);
    qputenv("QT_NO_GLIB", "1"); // whose loop of events, where it can open no file, ends us with a trap
    qInstallMessageHandler(take);
    swallowStandardError();
}

} // namespace shmpix
