#pragma once

#include "common/base/memory.h"

namespace shmpix {

/// What a writer does with a segment under its address that Shmpix did not create.
enum class Existing { Respect, Replace };

/// What a reader may see while a picture is being shared again under its key.
enum class Replacement {
    Whole,         ///< the old picture or the new one
    WholeIfLocked, ///< the same for a reader that takes Qt's lock; others may see a mixture
    MayMix,        ///< possibly a mixture, or briefly nothing, because these peers have no lock
};

/// What is under the address of a writer.
enum class Presence {
    There,    ///< what it last published, as far as can be told
    Gone,     ///< nothing: the name was removed
    Replaced, ///< something that another program has put there
    Cut,      ///< the same file, but truncated
};

/// Writes pictures to a segment under one address: reserve(), fill, publish(), any number of times. The
/// destructor removes the segment. Used on one thread, not the GUI's: it may wait for lockTimeout.
class SegmentWriter : public WritableMemory
{
public:
    /// Space for exactly `bytes`, which the caller fills before publish(). Fails with InUse if a living
    /// program shares there, NotOurs if something is there that can be replaced, NoSpace, NotPermitted,
    /// LockHeld. After a failure, what was shared before is still there.
    [[nodiscard]] virtual Result<std::span<std::byte>> reserve(qint64 bytes) = 0;

    /// Fails like reserve(). Some segments have memory for all parts at once.
    [[nodiscard]] Result<std::span<std::byte>> reserveInParts(qint64 bytes) override
    {
        return reserve(bytes);
    }

    [[nodiscard]] Result<void> reservePart(std::span<const std::byte> part) override
    {
        Q_UNUSED(part)
        return {};
    }

    /// Keeps the segment when the writer is destroyed.
    virtual void keep() = 0;

    void trim() override {}

    [[nodiscard]] virtual Replacement replacement() const = 0;

    /// What a reader would find now.
    [[nodiscard]] virtual Presence presence() const { return Presence::There; }

    [[nodiscard]] bool isCut() const override { return false; }
};

} // namespace shmpix
