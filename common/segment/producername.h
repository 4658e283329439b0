#pragma once

#include <QString>

namespace shmpix {

/// Whose work a POSIX segment of that name looks like: "Python", "PulseAudio"; empty when the name says
/// nothing. A guess: anybody may use any name.
[[nodiscard]] QString producerByName(const QString& name);

} // namespace shmpix
