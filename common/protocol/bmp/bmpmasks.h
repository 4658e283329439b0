#pragma once

#include "common/base/result.h"

#include <QRgb>

#include <array>

namespace shmpix {

/// Which bits of a 16-bit or 32-bit pixel belong to which channel; an alpha mask of 0 means no alpha.
struct BmpMasks
{
    quint32 red = 0;
    quint32 green = 0;
    quint32 blue = 0;
    quint32 alpha = 0;

    [[nodiscard]] bool operator==(const BmpMasks& other) const = default;
};

constexpr BmpMasks masks555 = {0x7c00, 0x03e0, 0x001f, 0};
constexpr BmpMasks masksBgrx = {0x00ff0000, 0x0000ff00, 0x000000ff, 0};
constexpr BmpMasks masksBgra = {0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000};

/// Whether each mask is one run of bits within the pixel and no masks overlap.
[[nodiscard]] bool areSound(const BmpMasks& masks, int bitsPerPixel);

/// Extracts channels by valid masks. Channels of fewer than 8 bits are widened by repeating their bits, so
/// that the highest value becomes 255; of wider channels, the upper 8 bits count.
class BmpMaskReader
{
public:
    explicit BmpMaskReader(const BmpMasks& masks);

    [[nodiscard]] QRgb color(quint32 pixel) const
    {
        return qRgba(m_red.value(pixel), m_green.value(pixel), m_blue.value(pixel), m_alpha.value(pixel));
    }

private:
    struct Channel
    {
        Channel(quint32 mask, uchar absent);
        [[nodiscard]] int value(quint32 pixel) const { return table[(pixel & upper) >> shift]; }

        quint32 upper = 0; ///< the mask's highest bits, 8 at most
        int shift = 0;
        std::array<uchar, 256> table = {};
    };

    Channel m_red;
    Channel m_green;
    Channel m_blue;
    Channel m_alpha;
};

} // namespace shmpix
