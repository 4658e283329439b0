#include "common/protocol/png/pngpicture.h"

#include "common/protocol/decodefile.h"
#include "common/protocol/png/pngheader.h"
#include "common/protocol/png/storedpngreader.h"

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
    auto image = decodeFile(*file, source, QByteArrayLiteral("png"));
    if (!image) {
        return image.error();
    }
    return PngPicture{std::move(*image), *length};
}

} // namespace shmpix
