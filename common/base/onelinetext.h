#pragma once

#include <QString>

namespace shmpix {

/// Puts a replacement character in place of each line break, control character, direction mark and other
/// formatting character. A name from a peer or a file may contain anything, and must not break a line in two,
/// move a terminal's cursor or look like another name.
[[nodiscard]] QString onOneLine(const QString& text);

/// Escapes the same characters in JSON text, where they occur only in strings, as \uXXXX. The value stays the
/// same.
[[nodiscard]] QByteArray escapedJson(const QByteArray& json);

} // namespace shmpix
