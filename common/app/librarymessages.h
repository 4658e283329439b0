#pragma once

#include <QString>

namespace shmpix {

/// Whether the program opens a window.
enum class Display { None, Wanted };

/// Keeps libraries from printing, so that each failure is reported once, in a sentence of ours. A fatal
/// message is printed like our own errors and ends the process with the status of ErrorCode::System. Call it
/// before creating the application object, which gets the program's name.
void takeLibraryMessages(const QString& program, Display display);

} // namespace shmpix
