#pragma once

#include <QImage>

#include <cstddef>
#include <span>
#include <vector>

namespace shmpix {

/// Converts the rows of a picture to another QImage format, a few at a time, so that an encoder converts
/// while copying and never needs a second picture. The target format is straight, never premultiplied. Keeps
/// a reference to the picture's pixels. Used by one thread at a time.
class RowConverter
{
public:
    RowConverter(QImage image, QImage::Format target);

    [[nodiscard]] qsizetype rowBytes() const { return m_rowBytes; }

    /// Writes row `y`, rowBytes() long, to `out`.
    void copyRow(int y, std::span<std::byte> out);

    /// Writes all rows without padding.
    void copyAll(std::span<std::byte> out);

private:
    enum class Method { Copy, SwapRedBlue, SwapRedBlueSetAlpha, SwapRedBlueDropAlpha, AddAlpha, ThroughQt };
    [[nodiscard]] static Method methodFor(QImage::Format from, QImage::Format to);
    void convertBand(int y);

    QImage m_image;
    QImage::Format m_target;
    Method m_method;
    qsizetype m_rowBytes;
    std::vector<unsigned char> m_opaque; ///< SwapRedBlueSetAlpha: a row of opaque alpha
    QImage m_band; ///< ThroughQt: some rows, converted; small enough to stay in the cache
    int m_bandTop = -1;
};

} // namespace shmpix
