#pragma once

#include "common/base/result.h"

#include <cstddef>
#include <span>

namespace shmpix {

/// Bytes that another process may change, truncate or remove while we read them. A decoder copies each byte
/// once into private memory and judges only the copy. Used by one thread at a time.
class ByteSource
{
public:
    virtual ~ByteSource() = default;

    /// How many bytes there were when the source was opened.
    [[nodiscard]] virtual qint64 size() const = 0;

    /// Fills `out` with the bytes from `offset` on. Fails with BadData if they are not all there, or no
    /// longer; `out` is then unspecified.
    [[nodiscard]] virtual Result<void> read(qint64 offset, std::span<std::byte> out) = 0;

    /// States that nothing more will be read, so that resources that others wait for, such as a lock, are
    /// released early.
    virtual void finish() {}
};

/// Whether [offset, offset + count) lies within `size` bytes; takes unchecked values.
[[nodiscard]] constexpr bool isWithin(qint64 offset, qint64 count, qint64 size)
{
    return offset >= 0 && count >= 0 && offset <= size && count <= size - offset;
}

} // namespace shmpix
