#pragma once

#include <QString>

namespace shmpix {

/// The text with a replacement character for each line break and control character: a name from a peer or a
/// file may hold anything, and must not make one line two or move a terminal's cursor.
[[nodiscard]] QString onOneLine(QString text);

} // namespace shmpix
