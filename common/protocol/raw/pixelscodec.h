#pragma once

#include "common/protocol/codec.h"

namespace shmpix {

/// Rows of pixels without a header, as OpenCV and NumPy programs write them. The layout is passed out of
/// band, in both directions.
class PixelsCodec final : public Codec
{
public:
    [[nodiscard]] Result<Encoding> encode(const QImage& image, const EncodeOptions& options) const override;
    [[nodiscard]] std::optional<QString> recognise(ByteSource& source) const override;
    [[nodiscard]] Result<Decoded> decode(ByteSource& source, const DecodeOptions& options) const override;
};

} // namespace shmpix
