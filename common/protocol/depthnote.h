#pragma once

#include <QImage>
#include <QString>

namespace shmpix {

/// What to tell the user when a picture goes through a protocol of 8 bits a channel; empty when it loses
/// nothing.
[[nodiscard]] QString depthNote(const QImage& image);

} // namespace shmpix
