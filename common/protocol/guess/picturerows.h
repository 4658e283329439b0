#pragma once

#include <QtGlobal>

#include <algorithm>
#include <span>

namespace shmpix {

/// Bytes viewed as rows. The bytes belong to the caller.
struct PictureRows
{
    std::span<const unsigned char> bytes;
    qint64 offset = 0; ///< where the first row begins
    qint64 stride = 0;
    qint64 used = 0; ///< bytes of a row that hold pixels
    qint64 count = 0;

    [[nodiscard]] const unsigned char* row(qint64 y) const { return bytes.data() + offset + y * stride; }

    /// As many of `rows` rows as the bytes hold completely.
    [[nodiscard]] static PictureRows of(std::span<const unsigned char> bytes, qint64 offset, qint64 stride,
                                        qint64 used, qint64 rows)
    {
        const qint64 room = static_cast<qint64>(bytes.size()) - offset - used;
        return {bytes, offset, stride, used, room < 0 ? 0 : std::min(rows, room / stride + 1)};
    }
};

} // namespace shmpix
