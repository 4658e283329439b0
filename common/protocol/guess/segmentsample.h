#pragma once

#include "common/base/bytesource.h"

#include <span>
#include <vector>

namespace shmpix {

/// What a guess at the layout of a segment's pixels is made from: a private copy of its beginning, so that
/// everything is judged on the same bytes. A value.
struct SegmentSample
{
    qint64 segmentBytes = 0;
    std::vector<unsigned char> front; ///< the beginning, at most maximumFront bytes
    qint64 contentEnd = 0; ///< one past the last byte that is not 0; of long segments as far as samples tell

    /// The bytes of `front` that can be pixels: without the zeros behind.
    [[nodiscard]] std::span<const unsigned char> content() const;

    /// A 4K picture of four bytes a pixel.
    static constexpr qint64 maximumFront = qint64{32} << 20;
};

/// Copies the beginning of a segment and looks for the end of its content. Reads some dozen megabytes at
/// most, however long the segment is: of one that is longer than twice maximumFront, samples, and around the
/// end that they show, each byte. Fails when the bytes are no longer there. Any thread.
[[nodiscard]] Result<SegmentSample> takeSegmentSample(ByteSource& source);

} // namespace shmpix
