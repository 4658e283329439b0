#include "common/protocol/bmp/bmpmasks.h"

#include <algorithm>
#include <bit>

namespace shmpix {

bool areSound(const BmpMasks& masks, int bitsPerPixel)
{
    const quint64 pixel = (quint64{1} << bitsPerPixel) - 1;
    quint64 seen = 0;
    for (const quint64 mask : {masks.red, masks.green, masks.blue, masks.alpha}) {
        const quint64 run = mask == 0 ? 0 : mask >> std::countr_zero(mask);
        if ((mask & ~pixel) != 0 || (mask & seen) != 0 || (run & (run + 1)) != 0) {
            return false;
        }
        seen |= mask;
    }
    return (masks.red | masks.green | masks.blue) != 0;
}

BmpMaskReader::Channel::Channel(quint32 mask, uchar absent)
{
    if (mask == 0) {
        table.fill(absent);
        return;
    }
    const int bits = std::min(std::popcount(mask), 8);
    shift = std::countr_zero(mask) + std::popcount(mask) - bits;
    upper = mask >> shift << shift;
    for (int i = 0; i < 1 << bits; ++i) {
        int wide = i << (8 - bits);
        for (int filled = bits; filled < 8; filled *= 2) {
            wide |= wide >> filled;
        }
        table[static_cast<std::size_t>(i)] = static_cast<uchar>(wide);
    }
}

BmpMaskReader::BmpMaskReader(const BmpMasks& masks)
    : m_red(masks.red, 0)
    , m_green(masks.green, 0)
    , m_blue(masks.blue, 0)
    , m_alpha(masks.alpha, 255)
{
}

} // namespace shmpix
