#include "common/image/freshimage.h"

#include <QCoreApplication>

#ifdef Q_OS_LINUX
#include <cstdint>

#include <sys/mman.h>
#endif

namespace shmpix {

QImage freshImage(int width, int height, QImage::Format format)
{
    QImage image(width, height, format);
#ifdef Q_OS_LINUX
    // The whole large pages within the image. This is only advice: without it, the pages are small.
    constexpr std::uintptr_t largePage = std::uintptr_t{2} << 20;
    uchar* const bits = image.bits();
    const auto start = reinterpret_cast<std::uintptr_t>(bits);
    const std::uintptr_t first = (start + largePage - 1) / largePage * largePage;
    const std::uintptr_t end =
        (start + static_cast<std::uintptr_t>(image.sizeInBytes())) / largePage * largePage;
    if (!image.isNull() && first < end) {
        ::madvise(bits + (first - start), end - first, MADV_HUGEPAGE);
    }
#endif
    return image;
}

Error noMemoryFor(QSize size)
{
    return {ErrorCode::NoSpace,
            QCoreApplication::translate("FreshImage", "There is not enough memory for a picture of %1 × %2. "
                                                      "Close other programs.")
                .arg(size.width())
                .arg(size.height())};
}

} // namespace shmpix
