#pragma once

#include "common/segment/keynames.h"

#include <QString>

#include <optional>

namespace shmpix::fuzz {

/// The text that a string literal stands for, by the rules of C++ (phases 1 to 7, with trigraphs) or by those
/// that Python and C# share; nothing where the literal is none. Knows only what may stand in a literal of one
/// line, and also C++'s QString::fromUtf8("…", n).
[[nodiscard]] std::optional<QString> parsedLiteral(const QString& code, Literal literal);

} // namespace shmpix::fuzz
