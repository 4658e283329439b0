#pragma once

#include <QString>

namespace shmpix {

/// The program that the name of a POSIX segment suggests: "Python", "PulseAudio"; empty if the name suggests
/// none. Only a guess, because any program may use any name.
[[nodiscard]] QString producerByName(const QString& name);

} // namespace shmpix
