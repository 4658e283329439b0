#pragma once

#include "common/base/linux/filedescriptor.h"
#include "common/base/result.h"

#include <QByteArray>

#include <optional>

#include <sys/stat.h>

namespace shmpix {

/// The target of a save: a folder that is held open, so that nobody can replace it, and a name in it that is
/// not a link. A value of one thread.
struct SaveTarget
{
    FileDescriptor folder;
    QString folderPath;                ///< for people; without links
    QByteArray name;                   ///< within the folder
    std::optional<struct stat> status; ///< of the file with that name; nothing: the name is free
    bool isOpenFile = false; ///< the name stands for a file that a process has open, such as /dev/stdout
};

/// Follows a path and its links to the end, but not a link of another user in a folder where everybody may
/// create one (like the kernel's protected_symlinks, but on every system). Fails with the reason why nothing
/// can be saved there. Any thread but the GUI's.
[[nodiscard]] Result<SaveTarget> findSaveTarget(const QString& path);

/// Whether the target is this process' standard output.
[[nodiscard]] bool isStandardOutput(const SaveTarget& target);

} // namespace shmpix
