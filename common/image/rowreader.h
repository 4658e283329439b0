#pragma once

#include "common/base/bytesource.h"
#include "common/image/pixellayout.h"

#include <memory>

namespace shmpix {

/// Returns the rows of a layout one after another, the picture's top row first, whatever their order in
/// memory. Each byte is read once, many rows at a time, into a private buffer that stays in the cache. The
/// layout has been checked against the source's size.
class RowReader
{
public:
    RowReader(ByteSource& source, const PixelLayout& layout);

    /// The bytes of the next row, without padding; valid until the next call. Call it at most once per row.
    [[nodiscard]] Result<std::span<const std::byte>> next();

private:
    [[nodiscard]] Result<void> fetchBand();

    ByteSource& m_source;
    qint64 m_height;
    qint64 m_rowBytes;
    qint64 m_step; ///< from a row to the one below it in the picture
    qint64 m_top;  ///< where the picture's top row begins
    qint64 m_bandRows;
    std::unique_ptr<std::byte[]> m_band;
    qint64 m_bandBegin = 0; ///< the position of the buffer's first byte in the source
    qint64 m_bandEnd = 0;   ///< the first row not in the buffer
    qint64 m_next = 0;
};

} // namespace shmpix
