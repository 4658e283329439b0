#pragma once

#include <QByteArray>

#include <map>
#include <optional>
#include <utility>

namespace shmpix {

/// Which files somebody holds a lock on (flock), as the system lists it: asking for a lock would take it, and
/// whoever wants it at that moment would be refused. A value. Locks of processes in other process namespaces
/// are not listed.
class HeldLocks
{
public:
    HeldLocks() = default;

    /// From the text of /proc/locks; lines that do not make sense are left out.
    [[nodiscard]] static HeldLocks parse(const QByteArray& text);

    /// The process that holds the file; nothing when nobody does. `device` is major << 32 | minor.
    [[nodiscard]] std::optional<qint64> holder(quint64 device, quint64 inode) const;

private:
    std::map<std::pair<quint64, quint64>, qint64> m_holders;
};

} // namespace shmpix
