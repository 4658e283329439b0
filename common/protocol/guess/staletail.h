#pragma once

#include <QtGlobal>

#include <span>
#include <vector>

namespace shmpix {

/// The rest of an older, larger picture whose beginning was overwritten by a smaller one. Rows of one length
/// explain the beginning of the bytes, and rows of another length the rest. A picture begins at the first
/// byte, so a length that explains only a tail does not belong to the current picture. A value.
class StaleTail
{
public:
    /// Compares the bytes with those one row further on, for each of `strides`, at a few hundred places.
    /// Takes some milliseconds, regardless of the number of bytes. Any thread.
    StaleTail(std::span<const unsigned char> bytes, std::span<const qint64> strides);

    /// The byte where the rest of the older picture begins, usually accurate to two rows; 0: there is none.
    [[nodiscard]] qint64 begin() const { return m_begin; }

    /// Whether only the older picture has rows of that length.
    [[nodiscard]] bool isOlder(qint64 stride) const;

private:
    qint64 m_begin = 0;
    std::vector<qint64> m_inFront; ///< strides that explain the beginning
};

} // namespace shmpix
