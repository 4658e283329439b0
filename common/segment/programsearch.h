#pragma once

#include <QDeadlineTimer>
#include <QString>

#include <optional>
#include <vector>

#include <sys/types.h>

namespace shmpix {

// Looks through the running programs, as far as this user may look into them: Linux' /proc; where there is
// none, nothing is found. Stops at the deadline. Any thread but the GUI's.

/// A program that still has a file mapped that had this path and was removed.
[[nodiscard]] std::optional<pid_t> programThatMapsRemoved(const QString& path,
                                                          const QDeadlineTimer& deadline);

/// A folder in which a program runs, and one of those that do.
struct ProgramFolder
{
    QString path;
    pid_t program = 0;
};

/// Each folder once; ours is not among them unless others run there too.
[[nodiscard]] std::vector<ProgramFolder> programFolders(const QDeadlineTimer& deadline);

} // namespace shmpix
