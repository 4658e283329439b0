#include "common/protocol/png/datastreamcodec.h"

#include "common/image/imagelimits.h"
#include "common/protocol/png/pngformat.h"
#include "common/protocol/png/pngpicture.h"
#include "common/protocol/png/storedpngwriter.h"
#include "common/protocol/sourcereader.h"

#include <QCoreApplication>
#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(DatastreamCodec)
};

constexpr qint64 markerBytes = 4;

/// Returns the marker before the PNG, or nothing if no PNG follows. Stock Qt writes 1 and accepts any value
/// but 0.
std::optional<qint32> marker(ByteSource& source)
{
    SourceReader reader(source);
    auto start = reader.take(markerBytes + static_cast<qint64>(png::signature.size()));
    if (!start ||
        std::memcmp(start->data() + markerBytes, png::signature.data(), png::signature.size()) != 0) {
        return std::nullopt;
    }
    return qFromBigEndian<qint32>(start->data());
}

} // namespace

Result<Encoding> DatastreamCodec::encode(const QImage& image, const EncodeOptions&) const
{
    // As in readers: at least 32 bits per pixel while decoding, and at most 64, as in PNG.
    if (auto checked = checkedImageBytes(image.width(), image.height(), std::clamp(image.depth(), 32, 64));
        !checked) {
        return checked.error();
    }
    const StoredPngWriter writer(image);
    return Encoding{markerBytes + writer.bytes(),
                    [writer](std::span<std::byte> out) {
                        qToBigEndian<qint32>(1, out.data());
                        writer.write(out.subspan(markerBytes));
                    },
                    {}};
}

std::optional<QString> DatastreamCodec::recognise(ByteSource& source) const
{
    const auto value = marker(source);
    if (!value || *value == 0) {
        return std::nullopt;
    }
    return Text::tr("QDataStream image: marker %1, then PNG").arg(*value);
}

Result<Decoded> DatastreamCodec::decode(ByteSource& source, const DecodeOptions&) const
{
    const auto reason = recognise(source);
    if (!reason) {
        return Error{ErrorCode::BadData,
                     Text::tr("The segment does not hold a QDataStream image: it does not start with a "
                              "marker and a PNG. Let Shmpix detect the protocol.")};
    }
    auto picture = readPngPicture(source, markerBytes);
    if (!picture) {
        return picture.error();
    }
    return Decoded{std::move(picture->image), *reason, markerBytes + picture->bytes, {}};
}

} // namespace shmpix
