#include "common/image/freshimage.h"

#include "common/image/largepages.h"

#include <QCoreApplication>

namespace shmpix {

QImage freshImage(int width, int height, QImage::Format format)
{
    QImage image(width, height, format);
    adviseLargePages(std::as_writable_bytes(std::span(image.bits(), std::size_t(image.sizeInBytes()))));
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
