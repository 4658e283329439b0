#pragma once

#include "common/segment/segmentaddress.h"

#include <QByteArray>

#include <optional>

namespace shmpix {

/// Whether the process behind a segment still runs, as far as that can be known.
enum class Liveness { Unknown, Alive, Dead };

/// One segment of this machine as it was when somebody looked. A value; nothing of it is open or attached.
/// Names and numbers come from strangers: names may hold any character.
struct ListedSegment
{
    enum class Kind { Posix, SystemV };

    Kind kind = Kind::Posix;
    QByteArray path;    ///< POSIX: the file, as the system spells it
    quint32 key = 0;    ///< System V: the key; 0 when it has none, or none any more
    qint64 id = -1;     ///< System V: the identifier (shmid); POSIX: the file's number (inode)
    quint64 device = 0; ///< POSIX: of the file; major << 32 | minor
    QByteArray version; ///< another one when the segment is another one, or is known to have been written

    QString name;                          ///< for people
    std::optional<SegmentAddress> address; ///< nothing: no key leads there
    qint64 bytes = 0;
    qint64 bytesInMemory = 0; ///< System V: those that were ever written
    quint32 user = 0;
    QString userName;
    quint32 mode = 0;    ///< permission bits
    bool isOurs = false; ///< made by Shmpix, as its owner record says
    Liveness maker = Liveness::Unknown;
    qint64 process = 0;  ///< the maker, or somebody who has it attached; 0 when unknown
    QString processName; ///< empty when unknown
    int attached =
        -1; ///< how often it is attached, for POSIX by the processes that we may look at; -1: unknown
    qint64 made = 0;  ///< seconds since 1970
    QString producer; ///< whose work the name looks like; empty when it says nothing

    /// What it keeps while its content is replaced.
    [[nodiscard]] QByteArray identity() const
    {
        return kind == Kind::Posix ? path : "System V " + QByteArray::number(id);
    }
};

} // namespace shmpix
