#include "common/protocol/pngpicture.h"

#include "common/image/decodeimage.h"
#include "common/protocol/pngheader.h"
#include "common/protocol/storedpngreader.h"

#include <QBuffer>

namespace shmpix {

Result<PngPicture> readPngPicture(ByteSource& source, qint64 offset)
{
    auto stored = readStoredPng(source, offset);
    if (!stored) {
        return stored.error();
    }
    if (stored->has_value()) {
        return PngPicture{std::move((*stored)->image), (*stored)->bytes};
    }
    auto length = pngFileBytes(source, offset);
    if (!length) {
        return length.error();
    }
    auto file = copyBytes(source, offset, *length);
    if (!file) {
        return file.error();
    }
    source.finish();
    QBuffer device(&*file);
    device.open(QIODevice::ReadOnly);
    auto image = decodeImage(device, QByteArrayLiteral("png"));
    if (!image) {
        return image.error();
    }
    return PngPicture{std::move(*image), *length};
}

} // namespace shmpix
