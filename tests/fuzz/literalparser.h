#pragma once

#include "common/doctor/stringliteral.h"

#include <QString>

#include <optional>

namespace shmpix::fuzz {

/// Returns the text of a string literal by the rules of C++ (phases 1 to 7, with trigraphs) or by those that
/// Python and C# share, or nothing if the literal is invalid. Supports only literals on one line, and
/// QString::fromUtf8("…", n) for C++.
[[nodiscard]] std::optional<QString> parsedLiteral(const QString& code, Literal literal);

} // namespace shmpix::fuzz
