#pragma once

#include "common/segment/segmentaddress.h"

#include <cstddef>
#include <span>

namespace shmpix::bench {

/// A posix: segment mapped for reading, as in other programs. Empty if that failed.
class MappedSegment
{
public:
    explicit MappedSegment(const SegmentAddress& address);
    ~MappedSegment();
    MappedSegment(const MappedSegment&) = delete;
    MappedSegment& operator=(const MappedSegment&) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const { return m_bytes; }

private:
    std::span<const std::byte> m_bytes;
};

} // namespace shmpix::bench
