#pragma once

#include <chrono>

namespace shmpix {

/// How long a reader or writer waits for the lock of Qt peers, or a reader for a sender that is filling the
/// file.
constexpr std::chrono::milliseconds lockTimeout{2000};

struct ReadOptions
{
    bool withoutLock = false; ///< do not wait for a Qt peer's lock; the picture may be half written
    std::chrono::milliseconds patience = lockTimeout; ///< for that lock or that sender
};

} // namespace shmpix
