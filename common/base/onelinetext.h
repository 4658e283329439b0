#pragma once

#include <QString>

namespace shmpix {

/// The text with a replacement character for each line break, control character, direction mark and other
/// character that formats what is around it: a name from a peer or a file may hold anything, and must not
/// make one line two, move a terminal's cursor or look like another name.
[[nodiscard]] QString onOneLine(const QString& text);

/// JSON text with the same characters, which stand in its strings only, as \uXXXX: the value stays what it
/// is.
[[nodiscard]] QByteArray escapedJson(const QByteArray& json);

} // namespace shmpix
