#pragma once

#include "common/segment/liveness.h"
#include "common/segment/segmentaddress.h"

#include <QByteArray>

#include <optional>

namespace shmpix {

/// A snapshot of one segment of this machine. A value; nothing is open or attached. Names and numbers come
/// from other programs, and names may contain any character.
struct ListedSegment
{
    enum class Kind { Posix, SystemV };

    Kind kind = Kind::Posix;
    QByteArray path;    ///< POSIX: the file, as the system spells it
    quint32 key = 0;    ///< System V: the key; 0 if it has none, or none any longer
    qint64 id = -1;     ///< System V: the identifier (shmid); POSIX: the file's number (inode)
    quint64 device = 0; ///< POSIX: of the file; major << 32 | minor
    QByteArray version; ///< changes with the segment, and when it is known to have been written

    QString name;                          ///< for people
    std::optional<SegmentAddress> address; ///< nothing if no key leads there
    qint64 bytes = 0;
    qint64 bytesInMemory = 0; ///< System V: the bytes that were ever written
    quint32 user = 0;
    QString userName;
    quint32 mode = 0;    ///< permission bits
    bool isOurs = false; ///< created by Shmpix, according to its owner record
    Liveness maker = Liveness::Unknown;
    qint64 process = 0;  ///< the creator, or a process that has it attached; 0 if unknown
    QString processName; ///< empty when unknown
    int attached = -1; ///< number of attachments, for POSIX by the processes that we may inspect; -1: unknown
    qint64 made = 0;   ///< seconds since 1970
    QString producer;  ///< the program that the name suggests; may be empty

    /// Identifies the segment while its content is replaced.
    [[nodiscard]] QByteArray identity() const
    {
        return kind == Kind::Posix ? path : "System V " + QByteArray::number(id);
    }
};

} // namespace shmpix
