#include "common/protocol/bmp/bmpstart.h"

#include <QtEndian>

#include <algorithm>
#include <array>

namespace shmpix {

namespace {

constexpr std::size_t fileHeaderBytes = 14;
constexpr std::size_t coreHeaderBytes = 12;
constexpr std::size_t infoHeaderBytes = 40;
constexpr quint32 farthestPixels = 65536; ///< writers put the pixels directly after the palette

quint32 word32(std::span<const std::byte> bytes, std::size_t at)
{
    return qFromLittleEndian<quint32>(&bytes[at]);
}

quint16 word16(std::span<const std::byte> bytes, std::size_t at)
{
    return qFromLittleEndian<quint16>(&bytes[at]);
}

bool hasMagic(std::span<const std::byte> file)
{
    return file.size() >= 2 && file[0] == std::byte{'B'} && file[1] == std::byte{'M'};
}

/// Whether the bytes after the first six can only be a BMP header: about 80 bits must be right.
bool hasBmpHeader(std::span<const std::byte> file)
{
    if (file.size() < fileHeaderBytes + coreHeaderBytes) {
        return false;
    }
    constexpr std::array<quint32, 6> headerSizes = {coreHeaderBytes, infoHeaderBytes, 52, 56, 108, 124};
    const quint32 headerBytes = word32(file, 14);
    const bool core = headerBytes == coreHeaderBytes;
    if (std::find(headerSizes.begin(), headerSizes.end(), headerBytes) == headerSizes.end() ||
        (!core && file.size() < fileHeaderBytes + infoHeaderBytes)) {
        return false;
    }
    const quint32 reserved = word32(file, 6);
    const quint32 pixelOffset = word32(file, 10);
    const quint16 planes = word16(file, core ? 22 : 26);
    const quint16 bits = word16(file, core ? 24 : 28);
    const quint32 compression = core ? 0 : word32(file, 30);
    constexpr std::array<quint16, 6> depths = {1, 4, 8, 16, 24, 32};
    return reserved == 0 && pixelOffset >= fileHeaderBytes + headerBytes && pixelOffset <= farthestPixels &&
           planes == 1 && std::find(depths.begin(), depths.end(), bits) != depths.end() && compression <= 6;
}

/// Whether a writer may have meant the number as the length of the file or of the buffer around it. Either it
/// fits into the segment, or the segment is truncated and the upper half of the file's own length, which is
/// still there, agrees.
bool isLengthOf(quint32 length, std::span<const std::byte> file, qint64 segmentBytes)
{
    return length >= word32(file, 10) && (length <= segmentBytes || length >> 16 == word16(file, 4));
}

} // namespace

std::optional<BmpStart> findBmpStart(std::span<const std::byte> head, qint64 segmentBytes)
{
    if (hasMagic(head) && hasBmpHeader(head)) {
        return BmpStart::Plain;
    }
    constexpr std::size_t lengthBytes = 4;
    if (head.size() > lengthBytes) {
        const auto behind = head.subspan(lengthBytes);
        if (hasMagic(behind) && hasBmpHeader(behind) && isLengthOf(word32(head, 0), behind, segmentBytes)) {
            return BmpStart::BehindLength;
        }
        if (hasBmpHeader(head) && isLengthOf(word32(head, 0), head, segmentBytes)) {
            return BmpStart::LengthOverMagic;
        }
    }
    constexpr std::size_t throughHeaderLength = 18;
    if (hasMagic(head) && head.size() >= throughHeaderLength && word32(head, 14) >= coreHeaderBytes &&
        word32(head, 14) <= 124) {
        return BmpStart::Plain;
    }
    return std::nullopt;
}

} // namespace shmpix
