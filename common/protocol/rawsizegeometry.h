#pragma once

#include <QSize>
#include <QtGlobal>

#include <array>
#include <vector>

namespace shmpix {

/// How a size explains a rawsize header and the length of its segment.
enum class RawsizeFit {
    Exact,       ///< header and pixels fill the segment
    PageRounded, ///< they fill it up to its last page: the system rounded the segment's size up
    Wrapped,     ///< the writer stored the sides modulo 256; these sides fill the segment
    WrappedPage, ///< both of the last two
    Longer,      ///< the segment is longer than the picture for no reason that we know
};

struct RawsizeCandidate
{
    QSize size;
    RawsizeFit fit;

    friend bool operator==(const RawsizeCandidate&, const RawsizeCandidate&) = default;
};

/// Every size that the header's four bytes and the segment's length allow, the likeliest first: a better fit
/// before a worse one, then usual resolutions, then shapes near to usual ones. Sides are within our limits
/// and the pixels within the segment.
[[nodiscard]] std::vector<RawsizeCandidate> rawsizeCandidates(const std::array<unsigned char, 4>& header,
                                                              qint64 segmentBytes);

} // namespace shmpix
