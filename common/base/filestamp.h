#pragma once

#include <QByteArray>

namespace shmpix {

/// The metadata of a file that changes with its content. A value.
struct FileStamp
{
    quint64 inode = 0;
    qint64 bytes = -1;  ///< -1: the file does not exist
    qint64 written = 0; ///< nanoseconds since 1970, in steps of some milliseconds

    /// The stamp of the file with that path now. Any thread but the GUI's.
    [[nodiscard]] static FileStamp of(const QByteArray& path);

    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

} // namespace shmpix
