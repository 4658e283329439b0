#include "common/app/console.h"

#include "common/app/standardfiles.h"
#include "common/base/limiterror.h"
#include "common/base/onelinetext.h"
#include "common/base/writeall.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <cerrno>

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
    const int failed = writeAll(output == Output::Standard ? standardOutput : standardError,
                                std::as_bytes(std::span(bytes.constData(), size)));
    return failed == 0 ? Result<void>() : lostOutput(failed, output);
}

Result<void> write(Output output, const QJsonDocument& document)
{
    return write(output, escapedJson(document.toJson(QJsonDocument::Compact)) + '\n');
}

} // namespace

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
