#include "common/protocol/png/pngcodec.h"

#include "common/image/imagelimits.h"
#include "common/protocol/png/pngheader.h"
#include "common/protocol/png/pngpicture.h"
#include "common/protocol/png/storedpngwriter.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstring>

namespace shmpix {

Result<Encoding> PngCodec::encode(const QImage& image, const EncodeOptions&) const
{
    // As in readers: at least 32 bits per pixel while decoding, and at most 64, as in PNG.
    if (auto checked = checkedImageBytes(image.width(), image.height(), std::clamp(image.depth(), 32, 64));
        !checked) {
        return checked.error();
    }
    const StoredPngWriter writer(image);
    return Encoding{writer.bytes(), [writer](std::span<std::byte> out) { writer.write(out); }, {}};
}

std::optional<QString> PngCodec::recognise(ByteSource& source) const
{
    SourceReader reader(source);
    auto start = reader.take(static_cast<qint64>(png::signature.size()));
    if (!start || std::memcmp(start->data(), png::signature.data(), png::signature.size()) != 0) {
        return std::nullopt;
    }
    return QCoreApplication::translate("PngCodec", "PNG file: it starts with the PNG signature");
}

Result<Decoded> PngCodec::decode(ByteSource& source, const DecodeOptions&) const
{
    const QString reason = recognise(source).value_or(QString());
    auto picture = readPngPicture(source, 0);
    if (!picture) {
        return picture.error();
    }
    return Decoded{std::move(picture->image), reason, picture->bytes, {}};
}

} // namespace shmpix
