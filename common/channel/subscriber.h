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
    DecodeOptions decode;               ///< its layout, if any, counts where nothing is detected, too
    ReadOptions read;
    std::chrono::milliseconds patience{1000}; ///< to wait for a writer that has not filled its segment yet
    TimeLimit limit = {};                     ///< of everything that is done for it, waiting included
};

/// A picture and its origin.
struct LoadedPicture
{
    QImage image;
    SegmentAddress address;
    ProtocolId protocol;
    QString reason; ///< why it was read so
    QString layout; ///< in words
    std::vector<QSize> otherSizes;
    qint64 bytes = 0;        ///< that the picture takes in the segment
    qint64 segmentBytes = 0; ///< of the whole segment
    double milliseconds = 0; ///< that loading took; 0 where pictures come one after the other
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

/// The same after a load that failed; empty where somebody said how the bytes are to be read, and where they
/// are not what it failed for.
[[nodiscard]] std::vector<LayoutGuess> proposalsAfter(const LoadRequest& request, const Error& error);

} // namespace shmpix
