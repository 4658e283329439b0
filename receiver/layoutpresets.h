#pragma once

#include "common/image/pixellayout.h"

#include <vector>

namespace shmpix {

/// The layouts used for pictures without a header, kept for each key in QSettings. GUI thread.
class LayoutPresets
{
public:
    /// Those of a key, the newest first.
    [[nodiscard]] static std::vector<PixelLayout> layouts(const QString& key);

    /// Puts a layout first.
    static void remember(const QString& key, const PixelLayout& layout);
};

} // namespace shmpix
