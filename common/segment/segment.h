#pragma once

#include "common/base/bytesource.h"
#include "common/segment/accessrights.h"
#include "common/segment/segmentaddress.h"

#include <chrono>
#include <memory>

namespace shmpix {

/// How long a picture's reader or writer waits for the lock that Qt peers take, or for a sender that is
/// filling the file that a reader opens.
constexpr std::chrono::milliseconds lockTimeout{2000};

struct ReadOptions
{
    bool withoutLock = false; ///< do not wait for a Qt peer's lock: the picture may be half written
    std::chrono::milliseconds patience = lockTimeout; ///< with that lock, or that sender
};

/// Opens an existing segment for reading. Nothing of the segment is changed, and nothing is left behind.
/// May wait for the options' patience, so never on the GUI thread; the lock, if any, is held while the source
/// lives. Fails with NotFound, NotPermitted, LockHeld, TimedOut, or Usage for an address that this system
/// does not have.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> openSegment(const SegmentAddress& address,
                                                              const ReadOptions& options = {});

/// What a reader can see at the moment when a picture is shared again under its key.
enum class Replacement {
    Whole,         ///< the old picture or the new one
    WholeIfLocked, ///< the same, for a reader that takes Qt's lock; any other may see a mixture
    MayMix,        ///< possibly a mixture, or for an instant nothing: these peers have no lock
};

/// What stands under the address of a writer.
enum class Presence {
    There,    ///< what it published last, as far as can be told
    Gone,     ///< nothing: somebody removed the name
    Replaced, ///< something that somebody else has put there
    Cut,      ///< the same file, which somebody has made shorter
};

/// Writes pictures into a segment under one address: reserve(), fill, publish(), as often as one likes.
/// The segment is removed with the writer. Used on one thread, not the GUI's: it may wait for lockTimeout.
class SegmentWriter
{
public:
    virtual ~SegmentWriter() = default;

    /// Room for exactly `bytes`, which the caller fills before publish(). Fails with InUse when a living
    /// program shares there, NotOurs when something stands there that can be replaced, NoSpace, NotPermitted,
    /// LockHeld. After a failure what was shared before is still there.
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

    /// Puts what reserve() gave in the place of what was shared before.
    [[nodiscard]] virtual Result<void> publish() = 0;

    /// Leaves the segment when the writer goes.
    virtual void keep() = 0;

    /// Gives back memory that is only there to be filled next. Until then what reserve() gave before the last
    /// time stays writable, too.
    virtual void trim() {}

    [[nodiscard]] virtual Replacement replacement() const = 0;

    /// What a reader would find that looks now.
    [[nodiscard]] virtual Presence presence() const { return Presence::There; }

    /// Whether what was published last has lost bytes, with or without its name: somebody has made it
    /// shorter.
    [[nodiscard]] virtual bool isCut() const { return false; }
};

enum class Existing { Respect, Replace };

/// A writer for the address; nothing is touched before the first reserve(). With Existing::Replace a segment
/// that nobody of ours made is replaced; one that a living owner holds never is. Others get the access
/// rights; when they were changed meanwhile, each new segment under the address has those of the one before.
/// Fails with Usage for an address that this system does not have.
[[nodiscard]] Result<std::unique_ptr<SegmentWriter>> makeSegmentWriter(const SegmentAddress& address,
                                                                       Existing existing = Existing::Respect,
                                                                       const AccessRights& access = {});

} // namespace shmpix
