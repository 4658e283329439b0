#pragma once

#include "common/base/bytesource.h"

namespace shmpix {

/// Whether a source still delivers bytes. Call it between the steps of long work on copied bytes: a source
/// with a time limit fails here, as in read(), when the limit has passed. Costs next to nothing.
[[nodiscard]] inline Result<void> mayGoOn(ByteSource& source)
{
    return source.read(0, {});
}

} // namespace shmpix
