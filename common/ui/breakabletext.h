#pragma once

#include <QString>

namespace shmpix {

/// Inserts invisible break points into words that may be longer than a line, such as keys of 300 letters, so
/// that a label wraps them instead of widening its window. For display only.
[[nodiscard]] QString breakableText(const QString& text);

} // namespace shmpix
