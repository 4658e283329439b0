#include "common/base/console.h"

#include <QJsonDocument>

#include <cstdio>

namespace shmpix {

namespace {

/// A name from a peer or a file must not move the cursor, or make one line two.
QByteArray printable(QString line)
{
    for (QChar& c : line) {
        if (c.category() == QChar::Other_Control) {
            c = QChar(QChar::ReplacementCharacter);
        }
    }
    return line.toUtf8() + '\n';
}

void write(std::FILE* file, const QByteArray& bytes)
{
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), file);
    std::fflush(file);
}

} // namespace

void printLine(const QString& line)
{
    write(stdout, printable(line));
}

void printText(const QString& text)
{
    write(stdout, text.toUtf8() + '\n');
}

void printJson(const QJsonObject& object)
{
    write(stdout, QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
}

void printJson(const QJsonArray& array)
{
    write(stdout, QJsonDocument(array).toJson(QJsonDocument::Compact) + '\n');
}

int reportError(const QString& program, const Error& error)
{
    write(stderr, printable(program + QStringLiteral(": ") + error.text));
    return exitCode(error.code);
}

} // namespace shmpix
