#pragma once

#include "common/protocol/png/pngformat.h"
#include "common/protocol/sourcereader.h"

namespace shmpix {

/// The checked contents of the IHDR chunk: the size is within the limits, and depth and colour type match.
struct PngHeader
{
    int width = 0;
    int height = 0;
    int bitDepth = 0;
    png::ColorType colorType = png::ColorType::Grey;
    bool interlaced = false;

    [[nodiscard]] int samples() const;
    [[nodiscard]] int bitsPerPixel() const { return samples() * bitDepth; }

    /// Returns how long a file with this picture may be. A file is followed no farther through a long
    /// segment.
    [[nodiscard]] qint64 mostFileBytes() const;
};

/// The header of a chunk; the length of its data is below 2^31.
struct PngChunk
{
    qint64 bytes = 0;
    std::uint32_t type = 0;

    [[nodiscard]] bool isCritical() const { return (type & 0x20000000) == 0; }
    /// Returns the checksum of the type, to be continued over the data.
    [[nodiscard]] std::uint32_t typeCrc() const;
};

/// Reads signature and IHDR. Fails with BadData.
[[nodiscard]] Result<PngHeader> readPngHeader(SourceReader& reader);

[[nodiscard]] Result<PngChunk> readPngChunkHeader(SourceReader& reader);

/// Returns the error for a file that is longer than mostFileBytes().
[[nodiscard]] Error pngIsTooLong(const PngHeader& header);

/// Returns the length of the PNG file that begins at `offset`, up to and including IEND. Fails with BadData
/// for a truncated file and for a header over the limits.
[[nodiscard]] Result<qint64> pngFileBytes(ByteSource& source, qint64 offset);

} // namespace shmpix
