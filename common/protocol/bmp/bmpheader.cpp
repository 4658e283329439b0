#include "common/protocol/bmp/bmpheader.h"

#include "common/image/imagelimits.h"

#include <QCoreApplication>
#include <QtEndian>

#include <algorithm>
#include <array>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(BmpHeader)
};

constexpr qint64 fileHeaderBytes = 14;
constexpr qint64 coreHeaderBytes = 12; // OS/2 1.x
constexpr qint64 infoHeaderBytes = 40;
constexpr qint64 colorMasksHeaderBytes = 52; // version 2: masks without alpha
constexpr qint64 alphaMaskHeaderBytes = 56;  // version 3
constexpr std::array<qint64, 6> headerSizes = {
    coreHeaderBytes, infoHeaderBytes, colorMasksHeaderBytes, alphaMaskHeaderBytes, 108, 124};
constexpr qint64 masksAt = fileHeaderBytes + infoHeaderBytes; ///< in the header or directly after it
constexpr qint64 longestHead = 4 + fileHeaderBytes + 124 + qint64{256} * 4;

/// The first bytes of the source, up to the end of the longest palette, padded with zeros if the source is
/// shorter.
using Head = std::array<std::byte, static_cast<std::size_t>(longestHead)>;

/// The fields of both headers as stored in the file.
struct Fields
{
    qint64 pixelOffset = 0;
    qint64 headerBytes = 0;
    qint64 width = 0;
    qint64 height = 0;
    int planes = 0;
    int bitsPerPixel = 0;
    BmpCompression compression = BmpCompression::None;
    qint64 imageBytes = 0;
    qint64 colorsUsed = 0;

    [[nodiscard]] bool isCore() const { return headerBytes == coreHeaderBytes; }
    [[nodiscard]] bool isRunLength() const
    {
        return compression == BmpCompression::RunLength8 || compression == BmpCompression::RunLength4;
    }
    [[nodiscard]] qint64 masksBytes() const ///< of the masks after the header
    {
        const bool behind = headerBytes == infoHeaderBytes;
        return !behind                                      ? 0
               : compression == BmpCompression::BitFields   ? 12
               : compression == BmpCompression::AlphaFields ? 16
                                                            : 0;
    }
    [[nodiscard]] qint64 paletteOffset() const { return fileHeaderBytes + headerBytes + masksBytes(); }
    [[nodiscard]] qint64 paletteEntryBytes() const { return isCore() ? 3 : 4; }

    /// Returns the number of palette colours in the file. Some OS/2 writers leave out unused colours.
    [[nodiscard]] qint64 colors() const
    {
        const qint64 most = bitsPerPixel <= 8 ? qint64{1} << bitsPerPixel : 0;
        if (isCore()) {
            return std::clamp<qint64>((pixelOffset - paletteOffset()) / paletteEntryBytes(), 0, most);
        }
        return most == 0 || colorsUsed == 0 ? most : colorsUsed;
    }
};

Error invalid(const QString& why)
{
    return {ErrorCode::BadData, Text::tr("The BMP is not valid: %1. Use an undamaged copy.").arg(why)};
}

template <class Number>
Number number(std::span<const std::byte> file, qint64 at)
{
    return qFromLittleEndian<Number>(&file[static_cast<std::size_t>(at)]);
}

/// Reads the fields. `size` is the length of the file, which may be shorter than the head.
Result<Fields> readFields(std::span<const std::byte> file, qint64 size)
{
    if (size < fileHeaderBytes + coreHeaderBytes) {
        return invalid(Text::tr("its header is truncated"));
    }
    Fields fields;
    fields.pixelOffset = number<quint32>(file, 10);
    fields.headerBytes = number<quint32>(file, 14);
    if (fields.isCore()) {
        fields.width = number<quint16>(file, 18);
        fields.height = number<quint16>(file, 20);
        fields.planes = number<quint16>(file, 22);
        fields.bitsPerPixel = number<quint16>(file, 24);
        return fields;
    }
    if (std::find(headerSizes.begin(), headerSizes.end(), fields.headerBytes) == headerSizes.end()) {
        return invalid(Text::tr("headers of %1 bytes are not supported").arg(fields.headerBytes));
    }
    fields.width = number<qint32>(file, 18);
    fields.height = number<qint32>(file, 22);
    fields.planes = number<quint16>(file, 26);
    fields.bitsPerPixel = number<quint16>(file, 28);
    fields.compression = static_cast<BmpCompression>(number<quint32>(file, 30));
    fields.imageBytes = number<quint32>(file, 34);
    fields.colorsUsed = number<quint32>(file, 46);
    if (size < fields.paletteOffset()) {
        return invalid(Text::tr("its header is truncated"));
    }
    return fields;
}

bool compressionFitsDepth(const Fields& fields)
{
    constexpr std::array depths = {1, 4, 8, 16, 24, 32};
    switch (fields.compression) {
    case BmpCompression::None:
        return std::find(depths.begin(), depths.end(), fields.bitsPerPixel) != depths.end();
    case BmpCompression::RunLength8:
        return fields.bitsPerPixel == 8 && fields.height > 0;
    case BmpCompression::RunLength4:
        return fields.bitsPerPixel == 4 && fields.height > 0;
    case BmpCompression::BitFields:
    case BmpCompression::AlphaFields:
        return fields.bitsPerPixel == 16 || fields.bitsPerPixel == 32;
    }
    return false;
}

/// Checks everything that must hold before the fields may be used to find anything.
Result<void> checkFields(const Fields& fields)
{
    if (fields.planes != 1 || !compressionFitsDepth(fields)) {
        return invalid(Text::tr("%1 planes of %2 bits with compression %3 are not supported")
                           .arg(fields.planes)
                           .arg(fields.bitsPerPixel)
                           .arg(static_cast<quint32>(fields.compression)));
    }
    // The height has 64 bits here, so that even the least 32-bit height has an absolute value. A QImage needs
    // at most 32 bits per pixel for any depth.
    if (auto checked = checkedImageBytes(fields.width, std::abs(fields.height), 32); !checked) {
        return checked.error();
    }
    if (fields.bitsPerPixel <= 8 && fields.colorsUsed > qint64{1} << fields.bitsPerPixel) {
        return invalid(Text::tr("its palette has %1 colours for %2 bits")
                           .arg(fields.colorsUsed)
                           .arg(fields.bitsPerPixel));
    }
    if (fields.pixelOffset < fields.paletteOffset() + fields.colors() * fields.paletteEntryBytes()) {
        return invalid(
            Text::tr("its pixels would begin inside its header, at byte %1").arg(fields.pixelOffset));
    }
    return {};
}

QList<QRgb> readPalette(const Fields& fields, std::span<const std::byte> file)
{
    if (fields.bitsPerPixel > 8) {
        return {};
    }
    QList<QRgb> palette(qsizetype{1} << fields.bitsPerPixel, qRgb(0, 0, 0));
    for (qint64 i = 0; i < fields.colors(); ++i) {
        const auto at = static_cast<std::size_t>(fields.paletteOffset() + i * fields.paletteEntryBytes());
        const auto channel = [&file, at](std::size_t c) { return std::to_integer<int>(file[at + c]); };
        palette[i] = qRgb(channel(2), channel(1), channel(0));
    }
    return palette;
}

BmpMasks readMasks(const Fields& fields, std::span<const std::byte> file)
{
    const bool hasAlphaMask =
        fields.headerBytes >= alphaMaskHeaderBytes ||
        (fields.headerBytes == infoHeaderBytes && fields.compression == BmpCompression::AlphaFields);
    const quint32 alpha = hasAlphaMask ? number<quint32>(file, masksAt + 12) : 0;
    if (fields.compression == BmpCompression::None) {
        // Without a mask the fourth byte is arbitrary. Writers that mean it as alpha declare a mask in the
        // header.
        return fields.bitsPerPixel == 16 ? masks555 : alpha == masksBgra.alpha ? masksBgra : masksBgrx;
    }
    return {number<quint32>(file, masksAt), number<quint32>(file, masksAt + 4),
            number<quint32>(file, masksAt + 8), alpha};
}

Error cut(qint64 needed, qint64 size)
{
    return {
        ErrorCode::BadData,
        Text::tr("The BMP is truncated: it needs %1 bytes, and only %2 are available. Use a complete copy.")
            .arg(needed)
            .arg(size)};
}

/// Sets where the pixels are. The last row may lack its padding.
Result<void> placePixels(BmpHeader& header, const Fields& fields, qint64 size)
{
    const qint64 rowBits = fields.width * fields.bitsPerPixel;
    header.rowBytes = (rowBits + 7) / 8;
    header.stride = (rowBits + 31) / 32 * 4;
    header.pixelOffset = bytesInFront(header.start) + fields.pixelOffset;
    if (fields.isRunLength()) {
        header.end = fields.imageBytes == 0 ? size : header.pixelOffset + fields.imageBytes;
    } else {
        header.end = header.pixelOffset + header.stride * header.height;
        const qint64 needed = header.end - (header.stride - header.rowBytes);
        header.end = size < needed ? header.end : std::min(header.end, size);
    }
    if (header.end > size || header.pixelOffset > size) {
        return cut(std::max(header.end, header.pixelOffset), size);
    }
    return {};
}

} // namespace

Result<BmpHeader> readBmpHeader(ByteSource& source)
{
    Head head = {};
    const auto count = static_cast<std::size_t>(std::min<qint64>(source.size(), longestHead));
    if (auto read = source.read(0, std::span(head).first(count)); !read) {
        return read.error();
    }
    const auto start = findBmpStart(std::span(head).first(count), source.size());
    if (!start && !(head[0] == std::byte{'B'} && head[1] == std::byte{'M'})) {
        return invalid(Text::tr("it does not start with BM"));
    }
    BmpHeader header;
    header.start = start.value_or(BmpStart::Plain);
    const qint64 front = bytesInFront(header.start);
    const auto file = std::span<const std::byte>(head).subspan(static_cast<std::size_t>(front));
    const auto fields = readFields(file, source.size() - front);
    if (!fields) {
        return fields.error();
    }
    if (auto checked = checkFields(*fields); !checked) {
        return checked.error();
    }
    header.width = static_cast<int>(fields->width);
    header.height = static_cast<int>(std::abs(fields->height));
    header.bitsPerPixel = fields->bitsPerPixel;
    header.topDown = fields->height < 0;
    header.compression = fields->compression;
    if (auto placed = placePixels(header, *fields, source.size()); !placed) {
        return placed.error();
    }
    header.palette = readPalette(*fields, file);
    if (header.bitsPerPixel == 16 || header.bitsPerPixel == 32) {
        header.masks = readMasks(*fields, file);
        if (!areSound(header.masks, header.bitsPerPixel)) {
            return invalid(Text::tr("its masks for red, green, blue and alpha (%1 %2 %3 %4) overlap, have "
                                    "gaps or exceed %5 bits")
                               .arg(header.masks.red, 0, 16)
                               .arg(header.masks.green, 0, 16)
                               .arg(header.masks.blue, 0, 16)
                               .arg(header.masks.alpha, 0, 16)
                               .arg(header.bitsPerPixel));
        }
    }
    return header;
}

} // namespace shmpix
