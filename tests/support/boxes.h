#pragma once

#include "tests/support/peerprocess.h"

namespace shmpix::test {

/// Where a program is run so that something fails.
enum class Box {
    None,
    OtherUser,     ///< as nobody, when the test is root's; else as the test itself
    ReadOnly,      ///< the folder is a file system that is read-only
    Full,          ///< the folder is a file system of 16 kB
    SmallFiles,    ///< files of 4 kB at most
    RemovedFolder, ///< in a folder that is gone
};

/// Runs a program to its end in such a box, whose folder there is.
[[nodiscard]] Finished runBoxed(Box box, const QString& folder, const QString& program,
                                const QStringList& arguments);

/// Runs a program to its end after a shell has done something, such as "exec >/dev/full".
[[nodiscard]] Finished runAfter(const QString& shell, const QString& program, const QStringList& arguments);

} // namespace shmpix::test
