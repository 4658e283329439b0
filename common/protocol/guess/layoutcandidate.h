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
    std::optional<ChannelOrder> otherOrder; ///< as likely but for what photographs mostly show
    EndSign end = EndSign::ContinuesBelow;
    bool smooth = false; ///< each row resembles the next one
    bool colourHint = false;
    double cost = 0; ///< the least is the likeliest
};

/// The likeliest candidates of a segment, the likeliest first. Takes some hundred milliseconds at most,
/// whatever the bytes are; less when isWanted() says that nobody waits any longer, and what it gives is then
/// not to be used. Any thread.
[[nodiscard]] std::vector<LayoutCandidate> likeliestCandidates(const SegmentSample& sample, std::size_t most,
                                                               const std::function<bool()>& isWanted);

} // namespace shmpix
