#pragma once

#include "common/base/error.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

namespace shmpix {

/// Where to: standard error where standard output is for something else.
enum class Output { Standard, Error };

/// Writes one line, at once: a program that reads us waits for it.
void printLine(const QString& line, Output output = Output::Standard);

/// Writes a text of several lines to standard output.
void printText(const QString& text);

/// Writes an object on one line.
void printJson(const QJsonObject& object, Output output = Output::Standard);

/// Writes an array on one line to standard output.
void printJson(const QJsonArray& array);

/// Writes the error on one line to standard error and gives the exit status for it.
[[nodiscard]] int reportError(const QString& program, const Error& error);

} // namespace shmpix
