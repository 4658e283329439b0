#include "common/app/console.h"

#include "common/base/limiterror.h"
#include "common/base/onelinetext.h"
#include "common/base/writeall.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <cerrno>
#include <csignal>
#include <cstdio>

#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <unistd.h>
#endif

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Console)
};

QString nameOf(Output output)
{
    return output == Output::Standard ? Text::tr("standard output") : Text::tr("standard error");
}

Error lostOutput(int errorNumber, Output output)
{
    if (errorNumber == EPIPE) {
        return {ErrorCode::NoSpace,
                Text::tr("The output was lost: the program that reads %1 has ended. Let it read to the end.")
                    .arg(nameOf(output))};
    }
    if (errorNumber == EBADF) {
        return {ErrorCode::NoSpace,
                Text::tr("The output was lost: %1 is closed. Redirect it to a file or a program.")
                    .arg(nameOf(output))};
    }
    if (auto limit = limitError(errorNumber, Text::tr("The output was lost"))) {
        return *limit;
    }
    return {
        ErrorCode::NoSpace,
        Text::tr(
            "The output was lost: %1 cannot be written (%2). Free some space there, or choose another place.")
            .arg(nameOf(output), systemMessage(errorNumber))};
}

Result<void> write(Output output, const QByteArray& bytes)
{
    const auto size = static_cast<std::size_t>(bytes.size());
#ifdef Q_OS_UNIX
    const int failed = writeAll(output == Output::Standard ? STDOUT_FILENO : STDERR_FILENO,
                                std::as_bytes(std::span(bytes.constData(), size)));
#else
    std::FILE* const file = output == Output::Standard ? stdout : stderr;
    const bool isWritten = std::fwrite(bytes.constData(), 1, size, file) == size && std::fflush(file) == 0;
    const int failed = isWritten ? 0 : errno;
#endif
    return failed == 0 ? Result<void>() : lostOutput(failed, output);
}

Result<void> write(Output output, const QJsonDocument& document)
{
    return write(output, escapedJson(document.toJson(QJsonDocument::Compact)) + '\n');
}

} // namespace

void prepareStandardFiles()
{
#ifdef Q_OS_UNIX
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    // Opened in the opposite mode, so that reading and writing fail as with a closed descriptor.
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) == -1 && errno == EBADF) {
            static_cast<void>(::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY));
        }
    }
#endif
}

Result<void> printLine(const QString& line, Output output)
{
    return write(output, onOneLine(line).toUtf8() + '\n');
}

Result<void> printText(const QString& text)
{
    return write(Output::Standard, text.toUtf8() + '\n');
}

Result<void> printJson(const QJsonObject& object, Output output)
{
    return write(output, QJsonDocument(object));
}

Result<void> printJson(const QJsonArray& array)
{
    return write(Output::Standard, QJsonDocument(array));
}

int reportError(const QString& program, const Error& error)
{
    // If even this is lost, only the exit status reports the failure.
    static_cast<void>(printLine(program + QStringLiteral(": ") + error.text, Output::Error));
    return exitCode(error.code);
}

int exitStatus(const QString& program, const Result<void>& done)
{
    return done ? 0 : reportError(program, done.error());
}

} // namespace shmpix
