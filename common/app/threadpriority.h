#pragma once

namespace shmpix {

/// Lowers the priority of the calling thread: what it does is less urgent than what somebody looks at.
void giveWayToOtherThreads();

} // namespace shmpix
