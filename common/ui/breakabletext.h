#pragma once

#include <QString>

namespace shmpix {

/// The text with invisible places to break at in words that are longer than a line may be, such as keys of
/// 300 letters, so that a label wraps them instead of making its window wider. For showing only.
[[nodiscard]] QString breakableText(const QString& text);

} // namespace shmpix
