#include "common/image/bayer.h"

#include <array>

namespace shmpix {

namespace {

/// Mirrors at the edge without repeating the edge, so that a neighbour keeps its colour.
int inside(int at, int size)
{
    const int mirrored = at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
    return mirrored >= 0 && mirrored < size ? mirrored : 0; // 0: a side of one pixel
}

constexpr int red = 0;
constexpr int green = 1;
constexpr int blue = 2;

/// The colours at even x and y, odd x, odd y, both odd.
std::array<int, 4> colours(ChannelOrder order)
{
    switch (order) {
    case ChannelOrder::BayerBggr:
        return {blue, green, green, red};
    case ChannelOrder::BayerGbrg:
        return {green, blue, red, green};
    case ChannelOrder::BayerGrbg:
        return {green, red, blue, green};
    default:
        return {red, green, green, blue};
    }
}

/// A pixel's place in the 2 × 2 tile; the pixel may lie left of or above the picture.
std::size_t inTile(int x, int y)
{
    return (static_cast<std::size_t>(y) & 1) * 2 + (static_cast<std::size_t>(x) & 1);
}

} // namespace

int bayerColour(ChannelOrder order, int x, int y)
{
    return colours(order)[inTile(x, y)];
}

void demosaic(std::span<const std::byte> mosaic, ChannelOrder order, QImage& image)
{
    const int width = image.width();
    const int height = image.height();
    const std::array<int, 4> at = colours(order);
    const auto* const samples = reinterpret_cast<const uchar*>(mosaic.data());
    for (int y = 0; y < height; ++y) {
        const std::array rows = {samples + qsizetype{inside(y - 1, height)} * width,
                                 samples + qsizetype{y} * width,
                                 samples + qsizetype{inside(y + 1, height)} * width};
        auto* out = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < width; ++x) {
            std::array<int, 3> sum = {};
            std::array<int, 3> count = {};
            for (int dy = -1; dy <= 1; ++dy) {
                for (int dx = -1; dx <= 1; ++dx) {
                    const auto colour = static_cast<std::size_t>(at[inTile(x + dx, y + dy)]);
                    sum[colour] += rows[static_cast<std::size_t>(dy) + 1][inside(x + dx, width)];
                    ++count[colour];
                }
            }
            const auto own = static_cast<std::size_t>(at[inTile(x, y)]);
            const auto mean = [&](std::size_t colour) {
                return colour == own ? int(rows[1][x]) : (sum[colour] + count[colour] / 2) / count[colour];
            };
            out[x] = qRgb(mean(red), mean(green), mean(blue));
        }
    }
}

} // namespace shmpix
