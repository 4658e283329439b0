#pragma once

#include "common/listing/segmentlister.h"

#include <optional>

/// The information that a lister gives about one segment.
namespace shmpix::test {

/// The segment with that address in a list, with all details.
[[nodiscard]] std::optional<ListedSegment> listed(SegmentLister& lister, const QString& address);

/// The System V memory with that identifier, with all details.
[[nodiscard]] std::optional<ListedSegment> listedMemory(SegmentLister& lister, qint64 id);

/// All bytes of the segment, read through the lister; nothing if they cannot be read.
[[nodiscard]] QByteArray wholeOf(SegmentLister& lister, const ListedSegment& segment);

} // namespace shmpix::test
