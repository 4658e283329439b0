#pragma once

#include <QDeadlineTimer>
#include <QString>

#include <optional>
#include <vector>

#include <sys/types.h>

namespace shmpix {

// Searches the running programs that this user may inspect, through /proc on Linux; without /proc, nothing is
// found. Stops at the deadline. Any thread but the GUI's.

/// A program that still has mapped a removed file that had this path.
[[nodiscard]] std::optional<pid_t> programThatMapsRemoved(const QString& path,
                                                          const QDeadlineTimer& deadline);

/// The working folder of a program, and one of the programs that run there.
struct ProgramFolder
{
    QString path;
    pid_t program = 0;
};

/// Each folder once; ours only if other programs run there, too.
[[nodiscard]] std::vector<ProgramFolder> programFolders(const QDeadlineTimer& deadline);

} // namespace shmpix
