#pragma once

#include "common/segment/segmentaddress.h"

#include <QByteArray>

#include <sys/stat.h>

namespace shmpix {

/// Which file, whatever it is called at the moment.
struct FileId
{
    dev_t device = 0;
    ino_t inode = 0;

    friend bool operator==(const FileId&, const FileId&) = default;
};

/// The paths behind a posix: or file: address, in the file system's encoding. On Linux a POSIX object is a file in
/// /dev/shm, so that both kinds are handled alike.
struct SegmentPath
{
    explicit SegmentPath(const SegmentAddress& address);

    QByteArray file;   ///< the segment itself
    QByteArray folder; ///< where it lies
    QByteArray spare;  ///< the second segment that a writer fills before it takes the name
    QByteArray record; ///< whose it is, see OwnerRecord
};

[[nodiscard]] FileId fileId(const struct stat& status);

/// Why this is no segment that we would read or replace: a directory, a FIFO, another user's ...; empty if it is.
[[nodiscard]] Result<void> checkRegular(const struct stat& status, const SegmentAddress& address);

/// The sentence for a failed open() of the address' file.
[[nodiscard]] Error openError(int errorNumber, const SegmentAddress& address);

} // namespace shmpix
