#include "common/protocol/png/pngheader.h"

#include "common/base/checksums.h"
#include "common/base/quantitytext.h"
#include "common/image/imagelimits.h"

#include <QCoreApplication>
#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(PngHeader)
};

/// More chunks than any encoder makes for a picture within the limits. Bounds the time for walking over them.
constexpr int maximumChunks = 1 << 18;

Error notPng(const QString& why)
{
    return {ErrorCode::BadData, Text::tr("The PNG is not valid: %1. Use an undamaged copy.").arg(why)};
}

bool depthIsValid(png::ColorType type, int depth)
{
    switch (type) {
    case png::ColorType::Grey:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
    case png::ColorType::Palette:
        return depth == 1 || depth == 2 || depth == 4 || depth == 8;
    case png::ColorType::Rgb:
    case png::ColorType::GreyAlpha:
    case png::ColorType::Rgba:
        return depth == 8 || depth == 16;
    }
    return false;
}

} // namespace

int PngHeader::samples() const
{
    switch (colorType) {
    case png::ColorType::Grey:
    case png::ColorType::Palette:
        return 1;
    case png::ColorType::GreyAlpha:
        return 2;
    case png::ColorType::Rgb:
        return 3;
    case png::ColorType::Rgba:
        return 4;
    }
    return 0;
}

std::uint32_t PngChunk::typeCrc() const
{
    std::array<std::byte, 4> name = {};
    qToBigEndian(type, name.data());
    return crc32(0, name);
}

Result<PngHeader> readPngHeader(SourceReader& reader)
{
    auto start = reader.take(static_cast<qint64>(png::signature.size()));
    if (!start) {
        return start.error();
    }
    if (std::memcmp(start->data(), png::signature.data(), png::signature.size()) != 0) {
        return notPng(Text::tr("it does not start with the PNG signature"));
    }
    auto bytes = reader.take(png::chunkOverhead + png::headerDataBytes);
    if (!bytes) {
        return bytes.error();
    }
    const auto* data = reinterpret_cast<const unsigned char*>(bytes->data());
    if (qFromBigEndian<quint32>(data) != png::headerDataBytes ||
        qFromBigEndian<quint32>(data + 4) != png::chunkType("IHDR")) {
        return notPng(Text::tr("its header chunk is missing"));
    }
    if (qFromBigEndian<quint32>(data + 8 + png::headerDataBytes) !=
        crc32(0, bytes->subspan(4, 4 + png::headerDataBytes))) {
        return notPng(Text::tr("the checksum of its header is wrong"));
    }
    const qint64 width = qFromBigEndian<quint32>(data + 8);
    const qint64 height = qFromBigEndian<quint32>(data + 12);
    PngHeader header;
    header.bitDepth = data[16];
    header.colorType = static_cast<png::ColorType>(data[17]);
    header.interlaced = data[20] == 1;
    if (!depthIsValid(header.colorType, header.bitDepth) || data[18] != 0 || data[19] != 0 || data[20] > 1) {
        return notPng(Text::tr("colour type %1 with %2 bits is not supported").arg(data[17]).arg(data[16]));
    }
    // What QImage will hold: at least 32 bits per pixel while Qt's reader decodes.
    if (auto checked = checkedImageBytes(width, height, std::max(32, header.bitsPerPixel())); !checked) {
        return checked.error();
    }
    header.width = static_cast<int>(width);
    header.height = static_cast<int>(height);
    return header;
}

Result<PngChunk> readPngChunkHeader(SourceReader& reader)
{
    auto bytes = reader.take(8);
    if (!bytes) {
        return bytes.error();
    }
    PngChunk chunk;
    chunk.bytes = qFromBigEndian<quint32>(bytes->data());
    chunk.type = qFromBigEndian<quint32>(bytes->data() + 4);
    if (chunk.bytes > png::maximumChunkBytes) {
        return notPng(Text::tr("a chunk claims %1 bytes").arg(chunk.bytes));
    }
    return chunk;
}

qint64 PngHeader::mostFileBytes() const
{
    // Compressed data takes at most a little more than the pixels, and the chunks around it may be small.
    constexpr qint64 generously = 2;
    const qint64 rowBytes = (qint64{width} * bitsPerPixel() + 7) / 8 + 1;
    return generously * rowBytes * height + maximumBytesBesidePixels;
}

Error pngIsTooLong(const PngHeader& header)
{
    return notPng(Text::tr("it has no end within the %1 that a picture of its size can take")
                      .arg(bytesText(header.mostFileBytes())));
}

Result<qint64> pngFileBytes(ByteSource& source, qint64 offset)
{
    SourceReader reader(source, offset);
    const auto header = readPngHeader(reader);
    if (!header) {
        return header.error();
    }
    for (int count = 0; count < maximumChunks; ++count) {
        auto chunk = readPngChunkHeader(reader);
        if (!chunk) {
            return chunk.error();
        }
        reader.skip(chunk->bytes + 4);
        if (reader.left() >= 0 && reader.position() - offset > header->mostFileBytes()) {
            return pngIsTooLong(*header);
        }
        if (chunk->type == png::chunkType("IEND")) {
            if (reader.left() < 0) {
                break;
            }
            return reader.position() - offset;
        }
    }
    return notPng(Text::tr("it has no end"));
}

} // namespace shmpix
