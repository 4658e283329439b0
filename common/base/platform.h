#pragma once

#include <QtGlobal>

namespace shmpix {

/// The system, for the few places where nothing but a value depends on it. Code for a system stands in a
/// folder that has its name.
#ifdef Q_OS_WIN
constexpr bool onWindows = true;
#else
constexpr bool onWindows = false;
#endif

} // namespace shmpix
