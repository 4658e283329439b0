#pragma once

#include "common/base/bytesource.h"

#include <QByteArray>

#include <vector>

namespace shmpix {

/// Allowance for data besides the pixels in a picture's file: profiles, previews, other pictures, text.
/// Bounds how far such a file is followed through a much longer segment.
constexpr qint64 maximumBytesBesidePixels = qint64{64} << 20;

/// Reads a byte source sequentially through a private buffer that is small enough to stay in the cache.
/// Returned bytes can no longer change, and each byte is read once.
class SourceReader
{
public:
    explicit SourceReader(ByteSource& source, qint64 offset = 0);

    /// The position of the next byte in the source.
    [[nodiscard]] qint64 position() const { return m_position; }

    /// The number of bytes from the current position to the end of the source.
    [[nodiscard]] qint64 left() const { return m_source.size() - m_position; }

    /// Returns the next bytes, at least one and at most `most`; valid until the next call. Fails at the end.
    [[nodiscard]] Result<std::span<const std::byte>> next(qint64 most);

    /// Returns exactly the next `count` bytes, for headers: `count` is at most maximumHeader.
    [[nodiscard]] Result<std::span<const std::byte>> take(qint64 count);

    /// Skips bytes without reading them. The position may then lie beyond the end.
    void skip(qint64 count);

    static constexpr qint64 maximumHeader = 4096;

private:
    [[nodiscard]] Result<void> fill(qint64 atLeast);
    [[nodiscard]] qint64 buffered() const { return m_end - m_begin; }

    ByteSource& m_source;
    qint64 m_position;
    std::vector<std::byte> m_buffer;
    qint64 m_begin = 0; ///< start of the buffered bytes that were not yet returned
    qint64 m_end = 0;
};

/// Copies the first `count` bytes into private memory. Fails if they are missing or exceed the limit for a
/// picture.
[[nodiscard]] Result<QByteArray> copyBytes(ByteSource& source, qint64 offset, qint64 count);

} // namespace shmpix
