#pragma once

#include <QImage>

#include <vector>

namespace shmpix {

/// Memory for a sequence of pictures. Reuses pictures that nobody holds any longer, because allocating new
/// memory takes longer than filling it (33 MB: 19 ms against 4). Keeps as many pictures as were held at the
/// same time, of one size and format. Used by one thread; the pictures may go to any.
class PicturePool
{
public:
    /// A picture with undefined, unshared pixels; null if there is no memory.
    [[nodiscard]] QImage take(QSize size, QImage::Format format);

    /// Call this with the picture from take() when its pixels are set. The pool reuses it as soon as the
    /// caller and everybody who got a copy have released it.
    void lend(const QImage& image);

private:
    std::vector<QImage> m_lent;
};

} // namespace shmpix
