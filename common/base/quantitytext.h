#pragma once

#include <QSize>
#include <QString>

namespace shmpix {

/// Numbers as people read them, in the language of the system.
[[nodiscard]] QString sizeText(QSize size);                  ///< "1920 × 1080"
[[nodiscard]] QString bytesText(qint64 bytes);               ///< "8.3 MB"
[[nodiscard]] QString millisecondsText(double milliseconds); ///< "2.9 ms"

} // namespace shmpix
