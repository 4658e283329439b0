#pragma once

#include <QImage>
#include <QString>

namespace shmpix {

/// The pixel layout in words: "RGBA, 8 bit", "Grey, 16 bit", "Palette, 8 bit".
[[nodiscard]] QString layoutName(const QImage& image);

} // namespace shmpix
