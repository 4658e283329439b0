#include "sender/stream/framepreview.h"

#include "common/base/memorysource.h"
#include "common/image/readpixels.h"

#include <algorithm>

namespace shmpix {

namespace {

/// Returns a QImage that uses the frame's memory, or a null image if QImage has no such format.
QImage inPlace(const PixelLayout& layout, std::span<const std::byte> bytes)
{
    const QImage::Format format = imageFormat(layout.format);
    if (pixelFormatStoredIn(format) != layout.format || layout.step() <= 0 || layout.bottomUp) {
        return {};
    }
    return QImage(reinterpret_cast<const uchar*>(bytes.data()) + layout.offset, int(layout.width),
                  int(layout.height), layout.step(), format);
}

} // namespace

QImage previewOf(const PixelLayout& layout, std::span<const std::byte> bytes, int mostSide)
{
    QImage image = inPlace(layout, bytes);
    if (image.isNull()) {
        MemorySource source(bytes);
        auto read = readPixels(source, layout);
        if (!read) {
            return {};
        }
        image = std::move(read->image);
    }
    const QSize size = image.size();
    const QSize small = size.scaled(mostSide, mostSide, Qt::KeepAspectRatio);
    if (small.width() >= size.width()) {
        return image.convertToFormat(QImage::Format_ARGB32_Premultiplied).copy();
    }
    return image.scaled(small.expandedTo({1, 1}), Qt::IgnoreAspectRatio, Qt::FastTransformation);
}

} // namespace shmpix
