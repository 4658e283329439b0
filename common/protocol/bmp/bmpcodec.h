#pragma once

#include "common/protocol/codec.h"

namespace shmpix {

/// A whole BMP file. Written as 8-bit palette, 24-bit, or with alpha as 32-bit with a version 4 header.
class BmpCodec final : public Codec
{
public:
    [[nodiscard]] Result<Encoding> encode(const QImage& image, const EncodeOptions& options) const override;
    [[nodiscard]] std::optional<QString> recognise(ByteSource& source) const override;
    [[nodiscard]] Result<Decoded> decode(ByteSource& source, const DecodeOptions& options) const override;
};

} // namespace shmpix
