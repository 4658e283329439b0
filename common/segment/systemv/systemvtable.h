#pragma once

#include <QByteArray>

#include <vector>

namespace shmpix {

/// A line of /proc/sysvipc/shm.
struct SystemVRow
{
    quint32 key = 0;
    qint64 id = 0;
    quint32 mode = 0;       ///< permission bits
    bool isRemoved = false; ///< is removed with its last user
    qint64 bytes = 0;
    qint64 maker = 0; ///< process; 0 if not in our process namespace
    qint64 lastUser = 0;
    int attached = 0;
    quint32 user = 0;
    qint64 attachedAt = 0; ///< seconds since 1970, like the others
    qint64 detachedAt = 0;
    qint64 changedAt = 0;
    qint64 bytesInMemory = 0;

    friend bool operator==(const SystemVRow&, const SystemVRow&) = default;
};

/// The rows of that file's text; invalid lines are skipped.
[[nodiscard]] std::vector<SystemVRow> parseSystemVTable(const QByteArray& text);

} // namespace shmpix
