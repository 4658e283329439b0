#pragma once

#include "common/base/result.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

namespace shmpix {

// What a program prints. What cannot be written whole is a failure like another: NoSpace, with the reason.

/// Where to: standard error where standard output is for something else.
enum class Output { Standard, Error };

/// Prepares the process, before anything is opened: nobody who reads, and a file over the system's limit, are
/// errors that are told, not our end; and where standard input, output or error is closed, no file that is
/// opened later gets its number, and what is printed.
void prepareStandardFiles();

/// Writes one line, at once: a program that reads us waits for it.
[[nodiscard]] Result<void> printLine(const QString& line, Output output = Output::Standard);

/// Writes a text of several lines to standard output.
[[nodiscard]] Result<void> printText(const QString& text);

/// Writes an object on one line.
[[nodiscard]] Result<void> printJson(const QJsonObject& object, Output output = Output::Standard);

/// Writes an array on one line to standard output.
[[nodiscard]] Result<void> printJson(const QJsonArray& array);

/// Writes the error on one line to standard error and gives the exit status for it.
[[nodiscard]] int reportError(const QString& program, const Error& error);

/// The exit status of what is done: 0, or what reportError() gives.
[[nodiscard]] int exitStatus(const QString& program, const Result<void>& done);

} // namespace shmpix
