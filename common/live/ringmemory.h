#pragma once

#include "common/base/result.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace shmpix {

/// What live frames ask of the memory they lie in. This layer knows no segments: common/channel gives it
/// theirs, and tests give it plain memory.

/// Where a writer's rings live, one after the other under one address. Used by one thread.
class WritableMemory
{
public:
    virtual ~WritableMemory() = default;

    /// Room for exactly `bytes`, of any content, that nobody sees yet. Nothing may be stored in a part before
    /// reserve() has seen to memory for it. It stays writable until retire(), also after other room was made
    /// and published.
    [[nodiscard]] virtual Result<std::span<std::byte>> make(qint64 bytes) = 0;

    /// Memory for a part of what make() gave, published or not: a store into it cannot fail for want of
    /// memory then. After a failure what was published is as it was, and what was not is gone.
    [[nodiscard]] virtual Result<void> reserve(std::span<const std::byte> part) = 0;

    /// Puts what was made last under the address, in the place of what was published before. After a
    /// failure that is still there.
    [[nodiscard]] virtual Result<void> publish() = 0;

    /// Whether what was published last was cut: what it holds is worth nothing then, and what is stored there
    /// reaches nobody.
    [[nodiscard]] virtual bool isCut() const = 0;

    /// Gives back what was replaced. Readers that still have it keep it.
    virtual void retire() = 0;
};

/// A ring that a reader has mapped; read-only. Used by one thread.
class ReadableMemory
{
public:
    virtual ~ReadableMemory() = default;

    /// All of it. Reading never fails: what somebody has cut off meanwhile reads as zeros.
    [[nodiscard]] virtual std::span<const std::byte> bytes() const = 0;

    /// Whether something was cut off: what was read since it was opened is worth nothing.
    [[nodiscard]] virtual bool isCut() const = 0;

    /// Whether the address still leads here.
    [[nodiscard]] virtual bool isCurrent() const = 0;
};

/// Maps what is under a reader's address now. Fails with NotFound where there is nothing.
using OpenMemory = std::function<Result<std::unique_ptr<ReadableMemory>>()>;

} // namespace shmpix
