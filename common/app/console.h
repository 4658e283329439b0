#pragma once

#include "common/base/result.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

namespace shmpix {

// What a program prints. Output that cannot be written completely is a failure: NoSpace, with the reason.

/// The destination: standard error if standard output carries something else.
enum class Output { Standard, Error };

/// Writes one line without buffering, because a program that reads it may be waiting.
[[nodiscard]] Result<void> printLine(const QString& line, Output output = Output::Standard);

/// Writes a text of several lines to standard output.
[[nodiscard]] Result<void> printText(const QString& text);

/// Writes an object on one line.
[[nodiscard]] Result<void> printJson(const QJsonObject& object, Output output = Output::Standard);

/// Writes an array on one line to standard output.
[[nodiscard]] Result<void> printJson(const QJsonArray& array);

/// Writes the error on one line to standard error and returns its exit status.
[[nodiscard]] int reportError(const QString& program, const Error& error);

/// The exit status of a result: 0, or that of reportError().
[[nodiscard]] int exitStatus(const QString& program, const Result<void>& done);

} // namespace shmpix
