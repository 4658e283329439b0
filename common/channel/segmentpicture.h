#pragma once

#include "common/protocol/codec.h"

namespace shmpix {

/// The protocol of a segment, including live frames. Fails like detectProtocol().
[[nodiscard]] Result<ProtocolId> detectSegment(ByteSource& source);

/// Returns the picture in a segment of that protocol; for live frames, the newest one, complete. Fails with
/// BadData.
[[nodiscard]] Result<Decoded> readSegment(ByteSource& source, ProtocolId protocol,
                                          const DecodeOptions& options);

} // namespace shmpix
