#pragma once

#include <QSize>
#include <QtGlobal>

#include <array>
#include <vector>

namespace shmpix {

/// How a size explains a rawsize header and the length of its segment.
enum class RawsizeFit {
    Exact,       ///< header and pixels fill the segment
    PageRounded, ///< they fill the segment up to its last page: the system rounded the segment's size up
    Wrapped,     ///< the writer stored the sides modulo 256; these sides fill the segment
    WrappedPage, ///< both of the last two
    Longer,      ///< the segment is longer than the picture for no known reason
};

struct RawsizeCandidate
{
    QSize size;
    RawsizeFit fit;

    friend bool operator==(const RawsizeCandidate&, const RawsizeCandidate&) = default;
};

/// All sizes that the header's four bytes and the segment's length allow, the likeliest first: better fits
/// first, then usual resolutions, then shapes close to usual ones. Sides are within the limits, and pixels
/// within the segment.
[[nodiscard]] std::vector<RawsizeCandidate> rawsizeCandidates(const std::array<unsigned char, 4>& header,
                                                              qint64 segmentBytes);

} // namespace shmpix
