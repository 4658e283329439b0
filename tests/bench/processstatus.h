#pragma once

#include <QByteArray>
#include <QFile>

namespace shmpix::bench {

/// A line of /proc/self/status such as "VmRSS:  1234 kB", in MiB.
[[nodiscard]] inline double statusMiB(const QByteArray& field)
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (status.open(QIODevice::ReadOnly)) {
        for (const QByteArray& line : status.readAll().split('\n')) {
            if (line.startsWith(field + ':')) {
                return line.mid(field.size() + 1).trimmed().split(' ').first().toDouble() / 1024;
            }
        }
    }
    return 0;
}

} // namespace shmpix::bench
