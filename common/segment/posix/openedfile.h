#pragma once

#include "common/base/linux/filedescriptor.h"
#include "common/segment/posix/segmentpath.h"
#include "common/segment/readoptions.h"

namespace shmpix {

/// A segment's file, opened for reading, and its status when it was opened.
struct OpenedFile
{
    FileDescriptor fd;
    FileStatus status;
};

/// Opens the file behind a posix: or file: address: read-only, for posix: never through a link, and without
/// blocking as opening a FIFO would. If the name is being exchanged, it is looked up again until `patience`
/// is over. Fails with NotFound, NotPermitted, and with TimedOut if the sender does not finish filling it.
[[nodiscard]] Result<OpenedFile> openSegmentFile(const SegmentAddress& address,
                                                 std::chrono::milliseconds patience = lockTimeout);

} // namespace shmpix
