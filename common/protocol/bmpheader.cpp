#include "common/protocol/bmpheader.h"

#include "common/image/imagelimits.h"

#include <QCoreApplication>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <limits>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(BmpHeader)
};

constexpr qint64 fileHeaderBytes = 14;
constexpr qint64 coreHeaderBytes = 12; // OS/2 1.x
constexpr qint64 infoHeaderBytes = 40;
constexpr std::array<qint64, 6> headerSizes = {coreHeaderBytes, infoHeaderBytes, 52, 56, 108, 124};

enum Compression : quint32 { Rgb = 0, Rle8 = 1, Rle4 = 2, BitFields = 3 };

/// The fields of both headers as they stand in the file.
struct Fields
{
    qint64 pixelOffset = 0;
    qint64 headerBytes = 0;
    qint64 width = 0;
    qint64 height = 0;
    int planes = 0;
    int bitsPerPixel = 0;
    quint32 compression = Rgb;
    qint64 imageBytes = 0;
    qint64 colorsUsed = 0;
};

Error invalid(const QString& why)
{
    return {ErrorCode::BadData, Text::tr("This is not a valid BMP: %1. Use a sound copy of it.").arg(why)};
}

Result<Fields> readFields(ByteSource& source)
{
    std::array<unsigned char, fileHeaderBytes + infoHeaderBytes> data = {};
    constexpr auto shortest = static_cast<std::size_t>(fileHeaderBytes + coreHeaderBytes);
    const auto count = static_cast<std::size_t>(std::clamp<qint64>(source.size(), shortest, data.size()));
    if (auto read = source.read(0, std::as_writable_bytes(std::span(data).first(count))); !read) {
        return read.error();
    }
    if (data[0] != 'B' || data[1] != 'M') {
        return invalid(Text::tr("it does not begin with BM"));
    }
    Fields fields;
    fields.pixelOffset = qFromLittleEndian<quint32>(&data[10]);
    fields.headerBytes = qFromLittleEndian<quint32>(&data[14]);
    if (fields.headerBytes == coreHeaderBytes) {
        fields.width = qFromLittleEndian<quint16>(&data[18]);
        fields.height = qFromLittleEndian<quint16>(&data[20]);
        fields.planes = qFromLittleEndian<quint16>(&data[22]);
        fields.bitsPerPixel = qFromLittleEndian<quint16>(&data[24]);
        return fields;
    }
    if (count < data.size()) {
        return invalid(Text::tr("its header is cut"));
    }
    fields.width = qFromLittleEndian<qint32>(&data[18]);
    fields.height = qFromLittleEndian<qint32>(&data[22]);
    fields.planes = qFromLittleEndian<quint16>(&data[26]);
    fields.bitsPerPixel = qFromLittleEndian<quint16>(&data[28]);
    fields.compression = qFromLittleEndian<quint32>(&data[30]);
    fields.imageBytes = qFromLittleEndian<quint32>(&data[34]);
    fields.colorsUsed = qFromLittleEndian<quint32>(&data[46]);
    return fields;
}

bool compressionFitsDepth(const Fields& fields)
{
    constexpr std::array depths = {1, 4, 8, 16, 24, 32};
    switch (fields.compression) {
    case Rgb:
        return std::find(depths.begin(), depths.end(), fields.bitsPerPixel) != depths.end();
    case Rle8:
        return fields.bitsPerPixel == 8 && fields.height > 0;
    case Rle4:
        return fields.bitsPerPixel == 4 && fields.height > 0;
    case BitFields:
        return fields.bitsPerPixel == 16 || fields.bitsPerPixel == 32;
    default:
        return false;
    }
}

/// Where the pixels may begin: behind both headers, the masks and the palette.
Result<qint64> leastPixelOffset(const Fields& fields)
{
    qint64 offset = fileHeaderBytes + fields.headerBytes;
    if (fields.compression == BitFields && fields.headerBytes == infoHeaderBytes) {
        offset += 12;
    }
    if (fields.bitsPerPixel <= 8) {
        const qint64 most = qint64{1} << fields.bitsPerPixel;
        if (fields.colorsUsed > most) {
            return invalid(Text::tr("its palette has %1 colours for %2 bits")
                               .arg(fields.colorsUsed)
                               .arg(fields.bitsPerPixel));
        }
        const qint64 colors = fields.colorsUsed == 0 ? most : fields.colorsUsed;
        offset += colors * (fields.headerBytes == coreHeaderBytes ? 3 : 4);
    }
    return offset;
}

} // namespace

Result<BmpHeader> readBmpHeader(ByteSource& source)
{
    auto fields = readFields(source);
    if (!fields) {
        return fields.error();
    }
    if (std::find(headerSizes.begin(), headerSizes.end(), fields->headerBytes) == headerSizes.end()) {
        return invalid(Text::tr("a header of %1 bytes is unknown").arg(fields->headerBytes));
    }
    if (fields->planes != 1 || !compressionFitsDepth(*fields)) {
        return invalid(Text::tr("%1 planes of %2 bits with compression %3 are unknown")
                           .arg(fields->planes)
                           .arg(fields->bitsPerPixel)
                           .arg(fields->compression));
    }
    BmpHeader header;
    header.topDown = fields->height < 0;
    const qint64 height =
        header.topDown ? -fields->height : fields->height; // 64 bits: also the least 32-bit one
    // Qt decodes 16 and 24 bits to 32.
    if (auto checked = checkedImageBytes(fields->width, height, 32); !checked) {
        return checked.error();
    }
    auto offset = leastPixelOffset(*fields);
    if (!offset) {
        return offset.error();
    }
    if (fields->pixelOffset < *offset) {
        return invalid(
            Text::tr("its pixels would begin inside its header, at byte %1").arg(fields->pixelOffset));
    }
    const bool runLength = fields->compression == Rle8 || fields->compression == Rle4;
    const qint64 stride = (fields->width * fields->bitsPerPixel + 31) / 32 * 4;
    const qint64 pixels = runLength ? fields->imageBytes : stride * height;
    if (runLength && pixels == 0) {
        return invalid(Text::tr("it is compressed and does not say how long it is"));
    }
    header.fileBytes = fields->pixelOffset + pixels;
    if (header.fileBytes > source.size()) {
        return Error{ErrorCode::BadData, Text::tr("The BMP is cut: it needs %1 bytes, and there are %2. "
                                                  "Use a whole copy of it, in a segment that is long enough.")
                                             .arg(header.fileBytes)
                                             .arg(source.size())};
    }
    header.width = static_cast<int>(fields->width);
    header.height = static_cast<int>(height);
    header.bitsPerPixel = fields->bitsPerPixel;
    return header;
}

} // namespace shmpix
