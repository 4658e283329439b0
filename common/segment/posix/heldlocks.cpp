#include "common/segment/posix/heldlocks.h"

#include <QList>

namespace shmpix {

HeldLocks HeldLocks::parse(const QByteArray& text)
{
    // "1: FLOCK  ADVISORY  WRITE 4711 00:17:1234 0 EOF"; waiting processes have "->" after the number.
    enum Field { Number, Kind, Strictness, Access, Process, File, FieldCount };
    HeldLocks locks;
    for (const QByteArray& line : text.split('\n')) {
        const QList<QByteArray> fields = line.simplified().split(' ');
        if (fields.size() < FieldCount || fields[Kind] != "FLOCK") {
            continue;
        }
        const QList<QByteArray> file = fields[File].split(':');
        if (file.size() != 3) {
            continue;
        }
        bool isMajor = false;
        bool isMinor = false;
        bool isInode = false;
        bool isProcess = false;
        const quint64 major = file[0].toUInt(&isMajor, 16);
        const quint64 minor = file[1].toUInt(&isMinor, 16);
        const quint64 inode = file[2].toULongLong(&isInode);
        const qint64 process = fields[Process].toLongLong(&isProcess);
        if (isMajor && isMinor && isInode && isProcess) {
            locks.m_holders[{major << 32 | minor, inode}] = process;
        }
    }
    return locks;
}

std::optional<qint64> HeldLocks::holder(quint64 device, quint64 inode) const
{
    const auto found = m_holders.find({device, inode});
    return found == m_holders.end() ? std::nullopt : std::optional(found->second);
}

} // namespace shmpix
