#include "common/protocol/guess/colourorder.h"

#include <cmath>
#include <cstdlib>
#include <utility>

namespace shmpix {

namespace {

constexpr qint64 sampledRows = 60;
constexpr qint64 sampledPixels = 120;

/// Measures how much the picture suggests that the first of three channels is blue; negative: red.
class BlueFirst
{
public:
    /// Takes a pixel's outer channels, green, and height, from 0 at the top to 1.
    void look(int first, int green, int third, double height)
    {
        const double difference = first - third;
        m_sum += difference;
        ++m_count;
        if (height < 0.33) {
            m_top += difference;
            ++m_topCount;
        } else if (height > 0.67) {
            m_bottom += difference;
            ++m_bottomCount;
        }
        if (green > std::max(first, third) + 6) {
            ++m_leaves;
            m_leafBalance += third > first ? 1 : third < first ? -1 : 0;
        }
    }

    [[nodiscard]] double score() const
    {
        const auto mean = [](double sum, double count) { return count > 0 ? sum / count : 0; };
        // Sky is blue and at the top, ground and faces are warm, and leaves are yellowish rather than bluish.
        const double sky =
            std::clamp((mean(m_top, m_topCount) - mean(m_bottom, m_bottomCount)) / 20, -1.5, 1.5);
        const double warmth = std::clamp(-mean(m_sum, m_count) / 25, -1.0, 1.0);
        const double leaves = mean(m_leafBalance, m_leaves) * std::min(1.0, 6 * mean(m_leaves, m_count));
        return sky + warmth + 1.5 * leaves;
    }

private:
    double m_sum = 0;
    double m_count = 0;
    double m_top = 0;
    double m_topCount = 0;
    double m_bottom = 0;
    double m_bottomCount = 0;
    double m_leaves = 0;
    double m_leafBalance = 0;
};

constexpr double hintFrom = 0.4;

} // namespace

ColourOrder interleavedOrder(const PictureRows& rows, int pixelBytes, bool alpha)
{
    BlueFirst evidence;
    const qint64 taken = std::min(rows.count, sampledRows);
    const qint64 pixels = rows.used / pixelBytes;
    const qint64 step = std::max<qint64>(1, pixels / sampledPixels);
    for (qint64 i = 0; i < taken; ++i) {
        const unsigned char* row = rows.row(rows.count * i / taken);
        for (qint64 x = i % step; x < pixels; x += step) {
            const unsigned char* pixel = row + x * pixelBytes;
            evidence.look(pixel[0], pixel[1], pixel[2], double(i) / double(taken));
        }
    }
    const ChannelOrder blue = pixelBytes == 3 ? ChannelOrder::Bgr
                              : alpha         ? ChannelOrder::Bgra
                                              : ChannelOrder::Bgrx;
    const ChannelOrder red = pixelBytes == 3 ? ChannelOrder::Rgb
                             : alpha         ? ChannelOrder::Rgba
                                             : ChannelOrder::Rgbx;
    const double score = evidence.score();
    return score > -hintFrom ? ColourOrder{blue, red, score > hintFrom} : ColourOrder{red, blue, true};
}

ColourOrder mosaicOrder(const PictureRows& rows)
{
    BlueFirst mainDiagonalGreen;  // g r / b g: the first outer channel is the upper right one
    BlueFirst otherDiagonalGreen; // r g / g b: the upper left one
    qint64 mainDifference = 0;
    qint64 otherDifference = 0;
    const qint64 cells = rows.count / 2;
    const qint64 taken = std::min(cells, sampledRows);
    const qint64 columns = rows.used / 2;
    const qint64 step = std::max<qint64>(1, columns / sampledPixels);
    for (qint64 i = 0; i < taken; ++i) {
        const unsigned char* row = rows.row(cells * i / taken * 2);
        const double height = double(i) / double(taken);
        for (qint64 x = i % step; x < columns; x += step) {
            const int upperLeft = row[2 * x];
            const int upperRight = row[2 * x + 1];
            const int lowerLeft = row[2 * x + rows.stride];
            const int lowerRight = row[2 * x + rows.stride + 1];
            mainDifference += std::abs(upperLeft - lowerRight);
            otherDifference += std::abs(upperRight - lowerLeft);
            mainDiagonalGreen.look(upperRight, (upperLeft + lowerRight) / 2, lowerLeft, height);
            otherDiagonalGreen.look(upperLeft, (upperRight + lowerLeft) / 2, lowerRight, height);
        }
    }
    const bool mainIsGreen = mainDifference < otherDifference;
    const double score = (mainIsGreen ? mainDiagonalGreen : otherDiagonalGreen).score();
    const bool blueFirst = score > hintFrom; // red first is the usual mosaic
    ColourOrder order{mainIsGreen ? ChannelOrder::BayerGrbg : ChannelOrder::BayerRggb,
                      mainIsGreen ? ChannelOrder::BayerGbrg : ChannelOrder::BayerBggr,
                      std::abs(score) > hintFrom};
    if (blueFirst) {
        std::swap(order.likelier, order.other);
    }
    return order;
}

} // namespace shmpix
