#include "common/image/reducedimage.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace shmpix {

namespace {

constexpr int channels = 4;
constexpr qsizetype bandBytes = qsizetype{256} * 1024;
constexpr std::size_t stripBytes = 4096;

using Sums = std::vector<quint32>;

/// Adds bytes to sums.
void add(const uchar* __restrict bytes, quint32* __restrict sums, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        sums[i] += bytes[i];
    }
}

/// Adds all rows of the band, from column `left` on, to the sums, strip by strip, so that the sums stay in
/// the cache.
void addRows(const QImage& band, int left, Sums& sums)
{
    for (std::size_t start = 0; start < sums.size(); start += stripBytes) {
        const std::size_t count = std::min(stripBytes, sums.size() - start);
        for (int y = 0; y < band.height(); ++y) {
            add(band.constScanLine(y) + qsizetype{left} * channels + start, sums.data() + start, count);
        }
    }
}

/// Repeated division by the same number, rounding to nearest.
class Divider
{
public:
    explicit Divider(quint64 divisor)
        : m_divisor(divisor)
        , m_inverse(((quint64{1} << 32) + divisor - 1) / divisor)
    {
    }

    /// The mean of `divisor` bytes whose sum is given.
    [[nodiscard]] uchar mean(quint64 sum) const
    {
        const quint64 rounded = sum + m_divisor / 2;
        // Exact while rounded * divisor < 2^32, and rounded is below 256 * divisor.
        return static_cast<uchar>(m_divisor <= 4096 ? rounded * m_inverse >> 32 : rounded / m_divisor);
    }

private:
    quint64 m_divisor;
    quint64 m_inverse;
};

QRgb meanPixel(const quint32* sums, int columns, const Divider& divider)
{
    quint64 total[channels] = {};
    for (int x = 0; x < columns; ++x, sums += channels) {
        for (int c = 0; c < channels; ++c) {
            total[c] += sums[c];
        }
    }
    std::array<uchar, channels> bytes;
    for (int c = 0; c < channels; ++c) {
        bytes[std::size_t(c)] = divider.mean(total[c]);
    }
    return std::bit_cast<QRgb>(bytes);
}

/// Turns the sums of `rows` rows into one row of means.
void writeMeans(const Sums& sums, int rows, int factor, QRgb* out)
{
    const int width = static_cast<int>(sums.size()) / channels;
    const int whole = width / factor;
    const quint32* block = sums.data();
    const Divider divider(quint64(factor) * quint64(rows));
    for (int i = 0; i < whole; ++i, block += qsizetype{factor} * channels) {
        *out++ = meanPixel(block, factor, divider);
    }
    if (const int columns = width % factor; columns > 0) {
        *out = meanPixel(block, columns, Divider(quint64(columns) * quint64(rows)));
    }
}

/// Some rows of a picture as 32-bit pixels, premultiplied or opaque; the picture's own rows if they have that
/// format.
QImage band(const QImage& image, int top, int rows)
{
    // A view of the rows: no pixel is copied before convertToFormat() does.
    QImage view(image.constScanLine(top), image.width(), rows, image.bytesPerLine(), image.format());
    view.setColorTable(image.colorTable());
    return std::move(view).convertToFormat(image.hasAlphaChannel() ? QImage::Format_ARGB32_Premultiplied
                                                                   : QImage::Format_RGB32);
}

void makeOpaque(QImage& image)
{
    for (int y = 0; y < image.height(); ++y) {
        auto* row = reinterpret_cast<QRgb*>(image.scanLine(y));
        std::for_each(row, row + image.width(), [](QRgb& pixel) { pixel |= 0xff000000; });
    }
}

} // namespace

QImage reducedImage(const QImage& image, int factor, const QRect& part)
{
    const auto blocks = [factor](int pixels) { return (pixels + factor - 1) / factor; };
    QImage reduced(blocks(part.width()), blocks(part.height()), QImage::Format_ARGB32_Premultiplied);
    if (reduced.isNull()) {
        return reduced;
    }
    const qsizetype rowBytes = std::max<qsizetype>(image.bytesPerLine(), qsizetype{image.width()} * channels);
    const int bandRows = static_cast<int>(std::max<qsizetype>(1, bandBytes / rowBytes));
    Sums sums(std::size_t(part.width()) * channels);
    for (int top = 0; top < part.height(); top += factor) {
        const int rows = std::min(factor, part.height() - top);
        std::fill(sums.begin(), sums.end(), 0);
        for (int y = 0; y < rows; y += bandRows) {
            const QImage pixels = band(image, part.top() + top + y, std::min(bandRows, rows - y));
            addRows(pixels, part.left(), sums);
        }
        writeMeans(sums, rows, factor, reinterpret_cast<QRgb*>(reduced.scanLine(top / factor)));
    }
    if (!image.hasAlphaChannel()) {
        makeOpaque(reduced); // the fourth byte of RGB32 is undefined
    }
    return reduced;
}

QImage reducedImage(const QImage& image, int factor)
{
    return reducedImage(image, factor, image.rect());
}

} // namespace shmpix
