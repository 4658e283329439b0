#pragma once

#include "common/protocol/codec.h"

namespace shmpix {

/// Four bytes w, h, w >> 8, h >> 8, then RGBA8888 in tight rows. Writers that know only the first two bytes
/// store larger sides modulo 256; the segment's size then tells which sides were meant.
class RawsizeCodec final : public Codec
{
public:
    [[nodiscard]] Result<Encoding> encode(const QImage& image, const EncodeOptions& options) const override;
    [[nodiscard]] std::optional<QString> recognise(ByteSource& source) const override;
    [[nodiscard]] Result<Decoded> decode(ByteSource& source, const DecodeOptions& options) const override;
};

} // namespace shmpix
