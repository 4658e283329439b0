#pragma once

#include "common/protocol/codec.h"

namespace shmpix {

/// Detects the protocol from a segment's first bytes and its size. Fails with BadData and names the first
/// bytes. A segment that only `rawsize` could explain is accepted if a size fits it exactly.
[[nodiscard]] Result<ProtocolId> detectProtocol(ByteSource& source);

} // namespace shmpix
