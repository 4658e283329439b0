#pragma once

#include "common/image/pixellayout.h"
#include "common/protocol/guess/pictureend.h"
#include "common/protocol/guess/pixelstructure.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace shmpix {

/// A possible layout of a segment's pixels and the evidence for it. A value.
struct LayoutCandidate
{
    PixelLayout layout;
    std::optional<ChannelOrder> otherOrder; ///< equally likely except for the usual content of photographs
    EndSign end = EndSign::ContinuesBelow;
    bool smooth = false; ///< each row resembles the next one
    bool colourHint = false;
    double cost = 0; ///< the lowest is the likeliest
};

/// The likeliest candidates of a segment, the likeliest first. Takes at most a few hundred milliseconds,
/// whatever the bytes are. Stops early when isWanted() returns false; the result is then useless. Any thread.
[[nodiscard]] std::vector<LayoutCandidate> likeliestCandidates(const SegmentSample& sample, std::size_t most,
                                                               const std::function<bool()>& isWanted);

} // namespace shmpix
