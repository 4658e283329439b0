#pragma once

#include "tests/support/peerprocess.h"

namespace shmpix::test {

/// The environment in which a program is run so that something fails.
enum class Box {
    None,
    OtherUser,     ///< as nobody if the test runs as root, otherwise as the test's user
    ReadOnly,      ///< the folder is a read-only file system
    Full,          ///< the folder is a file system of 16 kB
    SmallFiles,    ///< files can have 4 kB at most
    RemovedFolder, ///< in a folder that has been removed
};

/// Runs a program to its end in such an environment; `folder` is the folder that it affects.
[[nodiscard]] Finished runBoxed(Box box, const QString& folder, const QString& program,
                                const QStringList& arguments);

/// Runs a program to its end after a shell command, such as "exec >/dev/full".
[[nodiscard]] Finished runAfter(const QString& shell, const QString& program, const QStringList& arguments);

} // namespace shmpix::test
