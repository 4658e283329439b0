#include "common/base/memorysource.h"
#include "tests/fuzz/oracle.h"
#include "tests/support/codecbytes.h"

#include <cstring>

namespace shmpix::fuzz {

namespace {

/// The header contains each side, or the side modulo 256, and the pixels are within the segment.
bool fits(QSize size, Input input)
{
    const auto byte = [input](std::size_t at) { return std::to_integer<int>(input[at]); };
    const bool isWhole = size == QSize(byte(0) | byte(2) << 8, byte(1) | byte(3) << 8);
    const bool isWrapped =
        byte(2) == 0 && byte(3) == 0 && size.width() % 256 == byte(0) && size.height() % 256 == byte(1);
    return !size.isEmpty() && (isWhole || isWrapped) &&
           4 + qint64{4} * size.width() * size.height() <= qint64(input.size());
}

} // namespace

/// The size must match the header and the length, and the pixels must be the bytes after the header.
void fuzzRawsize(Input input)
{
    const Codec& codec = codecFor(ProtocolId::Rawsize);
    MemorySource source(input);
    const auto decoded = codec.decode(source, {});
    requireSound(decoded, source.size());
    require(decoded || !codec.recognise(source), "recognised, and not to be decoded");
    if (!decoded) {
        return;
    }
    const QImage& image = decoded->image;
    require(fits(image.size(), input), "the size does not go with header and length");
    require(decoded->bytes == 4 + image.sizeInBytes(), "wrong number of bytes");
    require(image.format() == QImage::Format_RGBA8888 &&
                std::memcmp(image.constBits(), input.data() + 4, std::size_t(image.sizeInBytes())) == 0,
            "pixels that do not stand in the segment");
    for (const QSize other : decoded->otherSizes) {
        require(fits(other, input) && other != image.size(),
                "another size does not go with header and length");
        const auto again = codec.decode(source, {other, {}});
        require(again && again->image.size() == other, "another size that was offered is refused");
    }
}

} // namespace shmpix::fuzz
