#pragma once

#include "common/protocol/codec.h"

namespace shmpix {

/// QDataStream << QImage or QPixmap, stream version 5 and later: a big-endian qint32 that is 1, then a PNG.
/// Written with a PNG of stored blocks, about as fast as a copy, which stock Qt reads like its own.
class DatastreamCodec final : public Codec
{
public:
    [[nodiscard]] Result<Encoding> encode(const QImage& image, const EncodeOptions& options) const override;
    [[nodiscard]] std::optional<QString> recognise(ByteSource& source) const override;
    [[nodiscard]] Result<Decoded> decode(ByteSource& source, const DecodeOptions& options) const override;
};

} // namespace shmpix
