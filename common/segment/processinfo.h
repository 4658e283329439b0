#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

#include <sys/types.h>

namespace shmpix {

/// A process for people: "python3 (process 4711)", or "process 4711" when its name cannot be read.
[[nodiscard]] QString describeProcess(pid_t pid);

/// The same with the time when it started: "python3 (process 4711, started 2026-05-01 14:03:22)", as far as
/// that can be read.
[[nodiscard]] QString describeOwner(pid_t pid);

/// Its name alone; empty when it cannot be read.
[[nodiscard]] QString processName(pid_t pid);

/// Whether the numbers under /proc are those that the system knows us by. Not where there is no /proc, or it
/// is another process namespace's: then no number there says anything to us.
[[nodiscard]] bool isProcOurs();

/// The process namespace that we run in: containers have their own, in which process numbers mean other
/// processes. Nothing where that cannot be read.
[[nodiscard]] std::optional<quint64> processNamespace();

/// When it started, in clock ticks since the system did (field 22 of proc(5)'s stat); nothing where that
/// cannot be read.
[[nodiscard]] std::optional<quint64> startTicks(pid_t pid);

/// The text of a file under /proc, such as "4711/maps"; empty when it cannot be read.
[[nodiscard]] QByteArray procText(const QString& file);

/// Whether a process of that number runs that already ran at `since`: a number is given again after its
/// process. Nothing where that cannot be told: of a process of another namespace (0), or without /proc.
[[nodiscard]] std::optional<bool> ranAlready(pid_t pid, qint64 since);

/// The login name of a user, or the number when it has none.
[[nodiscard]] QString userName(uid_t uid);

} // namespace shmpix
