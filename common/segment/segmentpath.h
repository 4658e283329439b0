#pragma once

#include "common/segment/segmentaddress.h"

#include <QByteArray>

#include <optional>

#include <sys/types.h>

namespace shmpix {

/// Which file, whatever it is called at the moment. Some file systems give an inode's number again at once,
/// so the time of its making belongs to it.
struct FileId
{
    quint64 device = 0;
    quint64 inode = 0;
    qint64 born = 0; ///< nanoseconds since 1970; 0 where the file system does not say

    friend bool operator==(const FileId&, const FileId&) = default;
};

/// What we want to know of a file.
struct FileStatus
{
    FileId id;
    mode_t mode = 0;
    uid_t user = 0;
    gid_t group = 0;
    qint64 bytes = 0;
    qint64 written = 0; ///< nanoseconds since 1970; stores through a mapping do not count
};

/// The status of an open file, or of what has that name, links not followed; nothing, and errno, when there
/// is none.
[[nodiscard]] std::optional<FileStatus> statusOf(int fd);
[[nodiscard]] std::optional<FileStatus> statusOf(const QByteArray& path);

/// The same, of what a link leads to.
[[nodiscard]] std::optional<FileStatus> statusOfTarget(const QByteArray& path);

/// A value: the paths behind a posix: or file: address, in the file system's encoding. On Linux a POSIX
/// object is a file in /dev/shm, so that both kinds are handled alike.
struct SegmentPath
{
    explicit SegmentPath(const SegmentAddress& address);

    QByteArray file;   ///< the segment itself
    QByteArray folder; ///< where it lies, with the hidden files that belong to it: hiddenfiles.h
};

/// What a file of that mode is, for people: "a folder", "a file".
[[nodiscard]] QString kindOfFile(mode_t mode);

/// Fails with NotPermitted for what is no file that could be a segment: a folder, a pipe, a link.
[[nodiscard]] Result<void> checkRegular(const FileStatus& status, const SegmentAddress& address);

/// The sentence for a failed open() of the address' file.
[[nodiscard]] Error openError(int errorNumber, const SegmentAddress& address);

} // namespace shmpix
