#pragma once

#include <QtGlobal>

#include <span>
#include <vector>

namespace shmpix {

/// The rest of an older, larger picture, over whose front a smaller one was written: rows of one length
/// explain the beginning of the bytes, rows of another length what lies behind. A picture begins at the first
/// byte, so that a length which explains only a tail is no picture's. A value.
class StaleTail
{
public:
    /// Compares the bytes with those a row further on, for each of `strides`, at some hundred places. Takes
    /// some milliseconds, however many bytes there are. Any thread.
    StaleTail(std::span<const unsigned char> bytes, std::span<const qint64> strides);

    /// The byte at which the older picture's rest begins, to within two rows mostly; 0: there is none.
    [[nodiscard]] qint64 begin() const { return m_begin; }

    /// Whether rows of that length are only the older picture's.
    [[nodiscard]] bool isOlder(qint64 stride) const;

private:
    qint64 m_begin = 0;
    std::vector<qint64> m_inFront; ///< strides that explain the beginning
};

} // namespace shmpix
