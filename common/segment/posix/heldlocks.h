#pragma once

#include <QByteArray>

#include <map>
#include <optional>
#include <utility>

namespace shmpix {

/// Which files are locked (flock), according to the system's list. Testing a lock by taking it would make
/// others fail to get it. A value. Locks of processes in other process namespaces are not listed.
class HeldLocks
{
public:
    HeldLocks() = default;

    /// Parses the text of /proc/locks; invalid lines are skipped.
    [[nodiscard]] static HeldLocks parse(const QByteArray& text);

    /// The process that holds the lock on the file, if any. `device` is major << 32 | minor.
    [[nodiscard]] std::optional<qint64> holder(quint64 device, quint64 inode) const;

private:
    std::map<std::pair<quint64, quint64>, qint64> m_holders;
};

} // namespace shmpix
