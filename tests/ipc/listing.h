#pragma once

#include "common/segment/segmentlister.h"

#include <optional>

/// What a lister says of one segment.
namespace shmpix::test {

/// The segment of that address in a list with everything that can be found out.
[[nodiscard]] std::optional<ListedSegment> listed(SegmentLister& lister, const QString& address);

/// The System V memory with that identifier, likewise.
[[nodiscard]] std::optional<ListedSegment> listedMemory(SegmentLister& lister, qint64 id);

/// All its bytes, through the lister; nothing when they cannot be read so.
[[nodiscard]] QByteArray wholeOf(SegmentLister& lister, const ListedSegment& segment);

} // namespace shmpix::test
