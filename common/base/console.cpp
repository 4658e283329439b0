#include "common/base/console.h"

#include "common/base/onelinetext.h"

#include <QJsonDocument>

#include <cstdio>

namespace shmpix {

namespace {

void write(std::FILE* file, const QByteArray& bytes)
{
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), file);
    std::fflush(file);
}

std::FILE* fileFor(Output output)
{
    return output == Output::Standard ? stdout : stderr;
}

} // namespace

void printLine(const QString& line, Output output)
{
    write(fileFor(output), onOneLine(line).toUtf8() + '\n');
}

void printText(const QString& text)
{
    write(stdout, text.toUtf8() + '\n');
}

void printJson(const QJsonObject& object, Output output)
{
    write(fileFor(output), QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
}

void printJson(const QJsonArray& array)
{
    write(stdout, QJsonDocument(array).toJson(QJsonDocument::Compact) + '\n');
}

int reportError(const QString& program, const Error& error)
{
    write(stderr, onOneLine(program + QStringLiteral(": ") + error.text).toUtf8() + '\n');
    return exitCode(error.code);
}

} // namespace shmpix
