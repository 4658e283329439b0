#pragma once

#include <QString>

namespace shmpix {

/// The text as a string literal of C++, or of Python and C#, whose rules agree for these escapes. In C++, a
/// text that contains NUL, which would end a literal, becomes a QString.
enum class Literal { Cpp, PythonOrCSharp };
[[nodiscard]] QString quoted(const QString& text, Literal literal);

} // namespace shmpix
