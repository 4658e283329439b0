#pragma once

#include "common/base/timelimit.h"
#include "common/protocol/codec.h"
#include "common/protocol/guess/layoutguess.h"
#include "common/segment/segment.h"

#include <chrono>
#include <optional>

namespace shmpix {

/// What to load and how to read it.
struct LoadRequest
{
    SegmentAddress address;
    std::optional<ProtocolId> protocol; ///< nothing: detect it
    DecodeOptions decode;               ///< its layout, if any, also applies if no protocol is detected
    ReadOptions read;
    std::chrono::milliseconds patience{1000}; ///< for a writer that has not filled its segment yet
    TimeLimit limit = {};                     ///< for the whole request, including waiting
};

/// A picture and its origin.
struct LoadedPicture
{
    QImage image;
    SegmentAddress address;
    ProtocolId protocol;
    QString reason; ///< why the bytes were read this way
    QString layout; ///< in words
    std::vector<QSize> otherSizes;
    qint64 bytes = 0;                            ///< bytes of the picture in the segment
    qint64 segmentBytes = 0;                     ///< bytes of the whole segment
    double milliseconds = 0;                     ///< the loading time; 0 for pictures of a sequence
    std::optional<PixelLayout> pixelLayout = {}; ///< where the pixels lie, if they are plain
    QString note = {};                           ///< how the numbers are shown, in sentences; else empty
};

/// Reads the currently shared picture without changing the segment. Any thread but the GUI's. Waits briefly
/// for a writer that has created its segment but not yet filled it. Fails like openSegment(), with BadData
/// for bytes that are not a picture, and with TimedOut soon after the request's limit.
[[nodiscard]] Result<LoadedPicture> loadPicture(const LoadRequest& request);

/// Possible layouts of what is currently shared as plain pixels, the likeliest first. Any thread but the
/// GUI's. Fails like openSegment(), and with TimedOut.
[[nodiscard]] Result<std::vector<LayoutGuess>> proposeLayouts(const LoadRequest& request);

/// The same after a failed load. Empty if the user specified how to read the bytes, or if the load failed for
/// another reason.
[[nodiscard]] std::vector<LayoutGuess> proposalsAfter(const LoadRequest& request, const Error& error);

} // namespace shmpix
