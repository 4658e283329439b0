#pragma once

#include <QSize>
#include <QString>

namespace shmpix {

/// Numbers for people, in the language of the system.
[[nodiscard]] QString sizeText(QSize size);                  ///< "1920 × 1080"
[[nodiscard]] QString bytesText(qint64 bytes);               ///< "8.3 MB"
[[nodiscard]] QString millisecondsText(double milliseconds); ///< "2.9 ms"

[[nodiscard]] QString ageText(qint64 seconds); ///< "12 s", "5 min", "3 h", "4 days"

} // namespace shmpix
