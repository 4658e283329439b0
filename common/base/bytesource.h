#pragma once

#include "common/base/result.h"

#include <cstddef>
#include <span>

namespace shmpix {

/// Bytes that another process may change, shorten or take away while we read them.
/// Whoever decodes them copies each byte once into private memory and judges only the copy.
/// Used by one thread at a time.
class ByteSource
{
public:
    virtual ~ByteSource() = default;

    /// How many bytes there were when the source was opened.
    [[nodiscard]] virtual qint64 size() const = 0;

    /// Fills `out` with the bytes from `offset` on. Fails with BadData when they are not, or no longer,
    /// all there; `out` is then unspecified.
    [[nodiscard]] virtual Result<void> read(qint64 offset, std::span<std::byte> out) = 0;

    /// Says that nothing more is read: what keeps others waiting, such as a lock, is given back before the
    /// end.
    virtual void finish() {}
};

/// Whether [offset, offset + count) lies within `size` bytes, for values nobody has checked before.
[[nodiscard]] constexpr bool isWithin(qint64 offset, qint64 count, qint64 size)
{
    return offset >= 0 && count >= 0 && offset <= size && count <= size - offset;
}

} // namespace shmpix
