#pragma once

#include "common/base/bytesource.h"

#include <span>
#include <vector>

namespace shmpix {

/// The basis of a guess at a segment's pixel layout: a private copy of the segment's beginning, so that
/// everything is judged on the same bytes. A value.
struct SegmentSample
{
    qint64 segmentBytes = 0;
    std::vector<unsigned char> front; ///< the beginning, at most maximumFront bytes
    qint64 contentEnd = 0; ///< one past the last byte that is not 0; in long segments, as far as samples show

    /// The bytes of `front` that can be pixels, without the zeros at the end.
    [[nodiscard]] std::span<const unsigned char> content() const;

    /// The size of a 4K picture with four bytes per pixel.
    static constexpr qint64 maximumFront = qint64{32} << 20;
};

/// Copies the beginning of a segment and looks for the end of its content. Reads at most a few dozen
/// megabytes, however long the segment is. If it is longer than twice maximumFront, this takes samples and
/// then reads every byte around the end that they show. Fails if the bytes are no longer there. Any thread.
[[nodiscard]] Result<SegmentSample> takeSegmentSample(ByteSource& source);

} // namespace shmpix
