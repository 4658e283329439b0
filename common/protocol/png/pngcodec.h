#pragma once

#include "common/protocol/codec.h"

namespace shmpix {

/// A whole PNG file. Written with stored blocks: as large as the pixels and about as fast as a copy.
class PngCodec final : public Codec
{
public:
    [[nodiscard]] Result<Encoding> encode(const QImage& image, const EncodeOptions& options) const override;
    [[nodiscard]] std::optional<QString> recognise(ByteSource& source) const override;
    [[nodiscard]] Result<Decoded> decode(ByteSource& source, const DecodeOptions& options) const override;
};

} // namespace shmpix
