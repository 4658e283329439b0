#pragma once

#include "common/base/result.h"

#include <QtGlobal>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace shmpix {

/// Memory that readers find under an address, as its writer fills it: room after room, each in place of the
/// one before. Segments implement it (common/segment/segment.h), and tests with plain memory. Used by one
/// thread.
class WritableMemory
{
public:
    virtual ~WritableMemory() = default;

    /// Makes room for exactly `bytes`, of any content, that nobody sees yet. Nothing may be stored in a part
    /// before reservePart() has provided memory for it. The room stays writable until trim(), even after
    /// other room was made and published.
    [[nodiscard]] virtual Result<std::span<std::byte>> reserveInParts(qint64 bytes) = 0;

    /// Provides memory for a part of what reserveInParts() returned, published or not, so that storing into
    /// it cannot fail for lack of memory. Fails with NoSpace: the published room is then unchanged, and the
    /// unpublished one is gone.
    [[nodiscard]] virtual Result<void> reservePart(std::span<const std::byte> part) = 0;

    /// Publishes the room that was made last in place of the one published before. After a failure the old
    /// room is still there.
    [[nodiscard]] virtual Result<void> publish() = 0;

    /// Whether another process has truncated the room that was published last. Its contents are then
    /// worthless, and nobody sees what is stored there.
    [[nodiscard]] virtual bool isCut() const = 0;

    /// Releases replaced room, and memory that is only kept to be filled next. Readers that still have it
    /// keep it.
    virtual void trim() = 0;
};

/// Memory under an address that is mapped read-only, for repeated reading while its owner writes. Follows
/// what was opened, not the name. Used by one thread.
class ReadableMemory
{
public:
    virtual ~ReadableMemory() = default;

    /// All of it, with the size that it had when it was opened. Reading is always safe: a part that was cut
    /// off reads as zeros.
    [[nodiscard]] virtual std::span<const std::byte> bytes() const = 0;

    /// Whether something was cut off. Everything read since opening is then worthless.
    [[nodiscard]] virtual bool isCut() const = 0;

    /// Whether the address still leads here. May make a system call.
    [[nodiscard]] virtual bool isCurrent() const = 0;
};

/// Maps the memory under a reader's address now. Fails with NotFound if there is none.
using OpenMemory = std::function<Result<std::unique_ptr<ReadableMemory>>()>;

} // namespace shmpix
