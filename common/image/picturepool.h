#pragma once

#include <QImage>

#include <vector>

namespace shmpix {

/// Memory for pictures that come one after the other: hands out again what nobody holds any more, because new
/// memory takes longer than filling it (33 MB: 19 ms against 4). Keeps as many pictures as were held at the
/// same time, of one size and format. Used by one thread; the pictures go to any.
class PicturePool
{
public:
    /// A picture whose pixels are anything and nobody else's; null when there is no memory.
    [[nodiscard]] QImage take(QSize size, QImage::Format format);

    /// To be called with what take() gave when its pixels are set: from then on it is free as soon as the
    /// caller and everybody it was given to have let it go.
    void lend(const QImage& image);

private:
    std::vector<QImage> m_lent;
};

} // namespace shmpix
