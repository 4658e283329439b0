#include "common/channel/livememory.h"

#include "common/segment/segment.h"

namespace shmpix {

OpenMemory readableMemory(const SegmentAddress& address)
{
    return [address] { return viewSegment(address); };
}

} // namespace shmpix
