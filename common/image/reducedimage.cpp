#include "common/image/reducedimage.h"

#include <algorithm>
#include <vector>

namespace shmpix {

namespace {

constexpr int channels = 4;
constexpr qsizetype bandBytes = 256 * 1024;
constexpr std::size_t stepBytes = 32;

using Sums = std::vector<quint32>;

/// Adds a row of bytes to the sums. In steps of a fixed length, which the compiler makes vector instructions
/// of.
void addRow(const uchar* row, Sums& sums)
{
    const std::size_t count = sums.size();
    quint32* const into = sums.data();
    std::size_t i = 0;
    for (; i + stepBytes <= count; i += stepBytes) {
        const uchar* __restrict from = row + i;
        quint32* __restrict to = into + i;
        for (std::size_t j = 0; j < stepBytes; ++j) {
            to[j] += from[j];
        }
    }
    for (; i < count; ++i) {
        into[i] += row[i];
    }
}

/// Turns the sums of `rows` rows into one row of means.
void writeMeans(const Sums& sums, int rows, int factor, QRgb* out)
{
    const int width = static_cast<int>(sums.size()) / channels;
    for (int left = 0; left < width; left += factor) {
        const int columns = std::min(factor, width - left);
        quint64 total[channels] = {};
        const quint32* column = sums.data() + std::size_t(left) * channels;
        for (int x = 0; x < columns; ++x, column += channels) {
            for (int c = 0; c < channels; ++c) {
                total[c] += column[c];
            }
        }
        const auto count = quint64(columns) * quint64(rows);
        auto* bytes = reinterpret_cast<uchar*>(out++);
        for (int c = 0; c < channels; ++c) {
            bytes[c] = static_cast<uchar>((total[c] + count / 2) / count);
        }
    }
}

/// Some rows of a picture as 32-bit pixels, premultiplied or opaque; the picture's own where it has such.
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
            for (int i = 0; i < pixels.height(); ++i) {
                addRow(pixels.constScanLine(i) + qsizetype{part.left()} * channels, sums);
            }
        }
        writeMeans(sums, rows, factor, reinterpret_cast<QRgb*>(reduced.scanLine(top / factor)));
    }
    if (!image.hasAlphaChannel()) {
        makeOpaque(reduced); // the fourth byte of RGB32 is anything
    }
    return reduced;
}

QImage reducedImage(const QImage& image, int factor)
{
    return reducedImage(image, factor, image.rect());
}

} // namespace shmpix
