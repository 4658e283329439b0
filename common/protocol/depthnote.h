#pragma once

#include <QImage>
#include <QString>

namespace shmpix {

/// A note for the user if a picture is shared by a protocol of 8 bits per channel; empty if nothing is lost.
[[nodiscard]] QString depthNote(const QImage& image);

} // namespace shmpix
