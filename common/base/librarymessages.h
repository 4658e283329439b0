#pragma once

#include <QString>

namespace shmpix {

/// Whether there is to be a window.
enum class Display { None, Wanted };

/// Lets libraries print nothing: what goes wrong is told once, by us, in a sentence. What ends the process is
/// printed as our own errors are, and ends it with the status of ErrorCode::System. To be called before there
/// is an application object, which gets the program's name.
void takeLibraryMessages(const QString& program, Display display);

} // namespace shmpix
