#pragma once

#include <QtGlobal>

namespace shmpix {

/// Identifies a file regardless of its name. Some file systems reuse an inode number at once, so the creation
/// time is part of it.
struct FileId
{
    quint64 device = 0;
    quint64 inode = 0;
    qint64 born = 0; ///< nanoseconds since 1970; 0 if the file system does not record it

    friend bool operator==(const FileId&, const FileId&) = default;
};

} // namespace shmpix
