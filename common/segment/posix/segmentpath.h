#pragma once

#include "common/base/fileid.h"
#include "common/segment/segmentaddress.h"

#include <QByteArray>

#include <optional>

#include <sys/types.h>

namespace shmpix {

/// The attributes of a file that we need.
struct FileStatus
{
    FileId id;
    mode_t mode = 0;
    uid_t user = 0;
    gid_t group = 0;
    qint64 bytes = 0;
    qint64 written = 0; ///< nanoseconds since 1970; writes through a mapping do not count
};

/// The status of an open file, or of the file with that name without following links; on failure nothing,
/// with errno set.
[[nodiscard]] std::optional<FileStatus> statusOf(int fd);
[[nodiscard]] std::optional<FileStatus> statusOf(const QByteArray& path);

/// The same for the target of a link.
[[nodiscard]] std::optional<FileStatus> statusOfTarget(const QByteArray& path);

/// The paths behind a posix: or file: address, in the file system's encoding. On Linux, a POSIX object is a
/// file in /dev/shm, so both kinds are handled the same way. A value.
struct SegmentPath
{
    explicit SegmentPath(const SegmentAddress& address);

    QByteArray file;   ///< the segment itself
    QByteArray folder; ///< its folder, which also has its hidden files: hiddenfiles.h
};

/// The kind of a file with that mode, for people: "a folder", "a file".
[[nodiscard]] QString kindOfFile(mode_t mode);

/// Fails with NotPermitted for anything that cannot be a segment: a folder, a pipe, a link.
[[nodiscard]] Result<void> checkRegular(const FileStatus& status, const SegmentAddress& address);

/// The error for a failed open() of the address's file.
[[nodiscard]] Error openError(int errorNumber, const SegmentAddress& address);

} // namespace shmpix
