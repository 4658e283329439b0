#pragma once

namespace shmpix {

/// Whether the process behind a segment is still running, as far as can be known.
enum class Liveness { Unknown, Alive, Dead };

} // namespace shmpix
