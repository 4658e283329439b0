#include "common/image/picturepool.h"

#include "common/image/freshimage.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace shmpix {

QImage PicturePool::take(QSize size, QImage::Format format)
{
    std::erase_if(m_lent, [size, format](const QImage& image) {
        return image.size() != size || image.format() != format;
    });
    const auto free =
        std::find_if(m_lent.begin(), m_lent.end(), [](const QImage& image) { return image.isDetached(); });
    if (free == m_lent.end()) {
        return freshImage(size.width(), size.height(), format);
    }
    // isDetached() reads the count without memory ordering; a thread that released the picture has finished
    // reading it.
    std::atomic_thread_fence(std::memory_order_acquire);
    QImage image = std::exchange(*free, {});
    m_lent.erase(free);
    return image;
}

void PicturePool::lend(const QImage& image)
{
    m_lent.push_back(image);
}

} // namespace shmpix
