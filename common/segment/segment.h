#pragma once

#include "common/base/bytesource.h"
#include "common/segment/accessrights.h"
#include "common/segment/segmentaddress.h"

#include <chrono>
#include <memory>

namespace shmpix {

/// How long a reader or writer waits for the lock of Qt peers, or a reader for a sender that is filling the
/// file.
constexpr std::chrono::milliseconds lockTimeout{2000};

struct ReadOptions
{
    bool withoutLock = false; ///< do not wait for a Qt peer's lock; the picture may be half written
    std::chrono::milliseconds patience = lockTimeout; ///< for that lock or that sender
};

/// Opens an existing segment for reading, without changing it or leaving anything behind. May wait as long as
/// the options' patience, so never on the GUI thread; the lock, if any, is held for the lifetime of the
/// source. Fails with NotFound, NotPermitted, LockHeld, TimedOut, or Usage for an address that this system
/// does not support.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> openSegment(const SegmentAddress& address,
                                                              const ReadOptions& options = {});

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
class SegmentWriter
{
public:
    virtual ~SegmentWriter() = default;

    /// Space for exactly `bytes`, which the caller fills before publish(). Fails with InUse if a living
    /// program shares there, NotOurs if something is there that can be replaced, NoSpace, NotPermitted,
    /// LockHeld. After a failure, what was shared before is still there.
    [[nodiscard]] virtual Result<std::span<std::byte>> reserve(qint64 bytes) = 0;

    /// The same without memory, for one who fills a part after the other and says so by reservePart() before.
    /// Some segments have memory for all parts at once.
    [[nodiscard]] virtual Result<std::span<std::byte>> reserveInParts(qint64 bytes) { return reserve(bytes); }

    /// Memory for a part of what reserveInParts() gave, published or not. Fails with NoSpace; what was
    /// published before is still there then, and what was not is gone.
    [[nodiscard]] virtual Result<void> reservePart(std::span<const std::byte> part)
    {
        Q_UNUSED(part)
        return {};
    }

    /// Replaces what was shared before with the space from reserve().
    [[nodiscard]] virtual Result<void> publish() = 0;

    /// Keeps the segment when the writer is destroyed.
    virtual void keep() = 0;

    /// Releases memory that is only kept to be filled next. Until then, the space from the previous reserve()
    /// stays writable, too.
    virtual void trim() {}

    [[nodiscard]] virtual Replacement replacement() const = 0;

    /// What a reader would find now.
    [[nodiscard]] virtual Presence presence() const { return Presence::There; }

    /// Whether another process has truncated what was published last, with or without its name.
    [[nodiscard]] virtual bool isCut() const { return false; }
};

enum class Existing { Respect, Replace };

/// A writer for the address; touches nothing before the first reserve(). With Existing::Replace, it replaces
/// a segment that Shmpix did not create, but never one that a living owner holds. The access rights apply to
/// others; if they are changed meanwhile, each new segment under the address inherits those of its
/// predecessor. Fails with Usage for an address that this system does not support.
[[nodiscard]] Result<std::unique_ptr<SegmentWriter>> makeSegmentWriter(const SegmentAddress& address,
                                                                       Existing existing = Existing::Respect,
                                                                       const AccessRights& access = {});

} // namespace shmpix
