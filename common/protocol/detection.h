#pragma once

#include "common/protocol/codec.h"

namespace shmpix {

/// Which protocol a segment's first bytes and its size speak. Fails with BadData, saying what the segment
/// begins with. A segment that only `rawsize` could explain counts when a size fits it exactly.
[[nodiscard]] Result<ProtocolId> detectProtocol(ByteSource& source);

} // namespace shmpix
