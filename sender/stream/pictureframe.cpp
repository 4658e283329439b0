#include "sender/stream/pictureframe.h"

#include "common/base/outofmemory.h"
#include "common/image/decodeimage.h"
#include "common/image/imagelimits.h"

#include "sender/picturefile.h"

#include <QImageReader>

namespace shmpix {

namespace {

/// Whether Qt's decoder can write directly into the slot. Not for formats where Qt shows truncated files or
/// reads files wrongly, and not for pictures that are rotated after decoding.
bool decodesInPlace(const QImageReader& reader)
{
    return reader.format() == "png" && reader.size().isValid() &&
           reader.transformation() == QImageIOHandler::TransformationNone &&
           checkedImageBytes(reader.size().width(), reader.size().height(), 64) &&
           pixelFormatStoredIn(reader.imageFormat());
}

/// Returns false if the picture has to be decoded in another way, which also reports what is wrong with it.
Result<bool> decodeInPlace(QImageReader& reader, FrameSlot& slot)
{
    auto place = slot.beginImage(reader.size(), reader.imageFormat());
    if (!place) {
        return place.error();
    }
    const uchar* memory = place->constBits();
    if (!reader.read(&*place) || place->constBits() != memory) {
        slot.drop();
        return false;
    }
    return true;
}

} // namespace

Result<void> decodeIntoSlot(const QString& path, FrameSlot& slot)
{
    allowLargeImages();
    QImageReader reader(path);
    if (decodesInPlace(reader)) {
        auto done = orOutOfMemory([&] { return decodeInPlace(reader, slot); });
        if (!done) {
            return done.error();
        }
        if (*done) {
            return {};
        }
    }
    auto picture = loadPictureFile(path);
    if (!picture) {
        return picture.error();
    }
    return slot.take(picture->image);
}

} // namespace shmpix
