#pragma once

#include "common/base/result.h"
#include "common/segment/posix/segmentpath.h"

namespace shmpix {

/// The length of a segment's file and the memory behind it. Storing into a file that was only made longer
/// kills the process when there is no memory left; storing where memory is reserved does not. Fails with
/// NoSpace, and with System where the file system cannot do it. Any thread.
class FileRoom
{
public:
    explicit FileRoom(const SegmentAddress& address);

    /// Makes the file that long, with memory for all of it.
    [[nodiscard]] Result<void> fill(int fd, qint64 bytes) const;

    /// Makes the file that long and reserves no memory for what is new.
    [[nodiscard]] Result<void> extend(int fd, qint64 bytes) const;

    /// Reserves memory for a part of the file, whose length stays: a part that somebody has cut off stays cut
    /// off.
    [[nodiscard]] Result<void> reserve(int fd, qint64 from, qint64 bytes) const;

private:
    [[nodiscard]] Result<void> checkLimit(qint64 bytes) const;
    [[nodiscard]] Error notMade(int errorNumber, qint64 bytes) const;
    [[nodiscard]] Error noSpace(qint64 bytes) const;

    SegmentAddress m_address;
    QByteArray m_folder;
};

} // namespace shmpix
