#pragma once

#include "common/base/result.h"
#include "common/segment/filedescriptor.h"

#include <QByteArray>

#include <optional>

#include <sys/stat.h>

namespace shmpix {

/// The target of a save: a folder that is held open, so that nobody can exchange it, and a name in it that is
/// not a link. A value of one thread.
struct SaveTarget
{
    FileDescriptor folder;
    QString folderPath;                ///< for people; without links
    QByteArray name;                   ///< in the folder
    std::optional<struct stat> status; ///< of what has the name; nothing: it is free
    bool isOpenFile = false;           ///< the name stands for a file that some process has open: /dev/stdout
};

/// Follows a path to its end, links too, but not a link of another user's in a folder in which everybody may
/// make one (as the kernel's protected_symlinks, on whatever system). Fails with the reason why nothing can
/// be saved there. Any thread but the GUI's.
[[nodiscard]] Result<SaveTarget> findSaveTarget(const QString& path);

/// Whether the target is this process' standard output.
[[nodiscard]] bool isStandardOutput(const SaveTarget& target);

} // namespace shmpix
