#pragma once

#include "common/base/result.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace shmpix {

/// The memory that live frames need. This layer does not know segments: common/channel passes segments to it,
/// and tests pass plain memory.

/// The memory for a writer's rings, one after another under one address. Used by one thread.
class WritableMemory
{
public:
    virtual ~WritableMemory() = default;

    /// Makes room for exactly `bytes`, of any content, that nobody sees yet. Nothing may be stored in a part
    /// before reserve() has provided memory for it. The room stays writable until retire(), even after other
    /// room was made and published.
    [[nodiscard]] virtual Result<std::span<std::byte>> make(qint64 bytes) = 0;

    /// Reserves memory for a part of what make() returned, published or not, so that storing into it cannot
    /// fail for lack of memory. After a failure the published room is unchanged and the unpublished one is
    /// gone.
    [[nodiscard]] virtual Result<void> reserve(std::span<const std::byte> part) = 0;

    /// Publishes the room that was made last under the address, in place of the room published before. After
    /// a failure the old room is still there.
    [[nodiscard]] virtual Result<void> publish() = 0;

    /// Whether the room that was published last was truncated. Its contents are then worthless, and nobody
    /// sees what is stored there.
    [[nodiscard]] virtual bool isCut() const = 0;

    /// Releases the replaced room. Readers that still have it keep it.
    virtual void retire() = 0;
};

/// A ring that a reader has mapped; read-only. Used by one thread.
class ReadableMemory
{
public:
    virtual ~ReadableMemory() = default;

    /// The whole ring. Reading never fails: parts that were cut off in the meantime read as zeros.
    [[nodiscard]] virtual std::span<const std::byte> bytes() const = 0;

    /// Whether something was cut off. Everything read since opening is then worthless.
    [[nodiscard]] virtual bool isCut() const = 0;

    /// Whether the address still leads here.
    [[nodiscard]] virtual bool isCurrent() const = 0;
};

/// Maps the memory under a reader's address now. Fails with NotFound if there is none.
using OpenMemory = std::function<Result<std::unique_ptr<ReadableMemory>>()>;

} // namespace shmpix
