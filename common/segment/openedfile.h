#pragma once

#include "common/segment/filedescriptor.h"
#include "common/segment/segment.h"
#include "common/segment/segmentpath.h"

namespace shmpix {

/// A segment's file, opened for reading, and its status at that moment.
struct OpenedFile
{
    FileDescriptor fd;
    FileStatus status;
};

/// Opens the file behind a posix: or file: address: read-only, never through a link where the system makes
/// none, and never waiting as opening a FIFO would. Where the name is changing hands it is looked up again,
/// for as long as `patience` says. Fails with NotFound, NotPermitted, and with TimedOut when the sender goes
/// on filling it.
[[nodiscard]] Result<OpenedFile> openSegmentFile(const SegmentAddress& address,
                                                 std::chrono::milliseconds patience = lockTimeout);

} // namespace shmpix
