#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

#include <sys/types.h>

namespace shmpix {

/// A process for people: "python3 (process 4711)", or "process 4711" if its name cannot be read.
[[nodiscard]] QString describeProcess(pid_t pid);

/// The same with its start time: "python3 (process 4711, started 2026-05-01 14:03:22)", as far as it can be
/// read.
[[nodiscard]] QString describeOwner(pid_t pid);

/// Only its name; empty if it cannot be read.
[[nodiscard]] QString processName(pid_t pid);

/// Whether the numbers under /proc are valid in our process namespace. False if there is no /proc, or it
/// belongs to another namespace, where the numbers mean nothing to us.
[[nodiscard]] bool isProcOurs();

/// Our process namespace. Containers have their own, in which process numbers refer to other processes.
/// Nothing if it cannot be read.
[[nodiscard]] std::optional<quint64> processNamespace();

/// Its start time in clock ticks since system start (field 22 of stat in proc(5)); nothing if it cannot be
/// read.
[[nodiscard]] std::optional<quint64> startTicks(pid_t pid);

/// The text of a file under /proc, such as "4711/maps"; empty if it cannot be read.
[[nodiscard]] QByteArray procText(const QString& file);

/// Whether a process of that number is running and already ran at `since`, because numbers are reused.
/// Nothing if it cannot be told: for a process of another namespace (0), or without /proc.
[[nodiscard]] std::optional<bool> ranAlready(pid_t pid, qint64 since);

/// The login name of a user, or the number if there is none.
[[nodiscard]] QString userName(uid_t uid);

} // namespace shmpix
