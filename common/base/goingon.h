#pragma once

#include "common/base/bytesource.h"

namespace shmpix {

/// Whether a source still gives bytes. To be asked between the parts of long work on bytes that were copied:
/// a source with a time limit fails here, as in read(), once nobody waits any longer. Costs next to nothing.
[[nodiscard]] inline Result<void> mayGoOn(ByteSource& source)
{
    return source.read(0, {});
}

} // namespace shmpix
