#pragma once

#include "common/protocol/pngformat.h"
#include "common/protocol/sourcereader.h"

namespace shmpix {

/// What the IHDR chunk says, checked: the size is within our limits, depth and colour type go together.
struct PngHeader
{
    int width = 0;
    int height = 0;
    int bitDepth = 0;
    png::ColorType colorType = png::ColorType::Grey;
    bool interlaced = false;

    [[nodiscard]] int samples() const;
    [[nodiscard]] int bitsPerPixel() const { return samples() * bitDepth; }

    /// How long a file with such a picture may be: nobody follows one any farther through a long segment.
    [[nodiscard]] qint64 mostFileBytes() const;
};

/// What stands before a chunk's data; its length is below 2^31.
struct PngChunk
{
    qint64 bytes = 0;
    std::uint32_t type = 0;

    [[nodiscard]] bool isCritical() const { return (type & 0x20000000) == 0; }
    /// The checksum of the type, to be carried on over the data.
    [[nodiscard]] std::uint32_t typeCrc() const;
};

/// Reads signature and IHDR. Fails with BadData.
[[nodiscard]] Result<PngHeader> readPngHeader(SourceReader& reader);

[[nodiscard]] Result<PngChunk> readPngChunkHeader(SourceReader& reader);

/// The error for a file that is longer.
[[nodiscard]] Error pngIsTooLong(const PngHeader& header);

/// The length of the PNG file that begins at `offset`, up to and with IEND: a cut one fails with BadData,
/// and so does one whose header is over our limits.
[[nodiscard]] Result<qint64> pngFileBytes(ByteSource& source, qint64 offset);

} // namespace shmpix
