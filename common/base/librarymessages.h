#pragma once

#include <QString>

namespace shmpix {

/// Lets libraries print nothing: what goes wrong is told once, by us, in a sentence. What ends the process is
/// printed as our own errors are, and ends it with the status of ErrorCode::System. For programs without a
/// window, before there is an application object, which gets the program's name.
void takeLibraryMessages(const QString& program);

} // namespace shmpix
