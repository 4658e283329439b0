#pragma once

#include "common/image/pixellayout.h"

#include <vector>

namespace shmpix {

/// The layouts used for pictures without a header, kept in QSettings for each key. GUI thread.
class LayoutPresets
{
public:
    /// The layouts of a key, the newest first.
    [[nodiscard]] static std::vector<PixelLayout> layouts(const QString& key);

    /// Puts a layout at the top of the list.
    static void remember(const QString& key, const PixelLayout& layout);
};

} // namespace shmpix
