#pragma once

#include "tests/support/peerprocess.h"

#include <QFile>

namespace shmpix::test {

/// How often the process has gone to sleep.
[[nodiscard]] inline int sleepsOf(const PeerProcess& process)
{
    QFile status(QStringLiteral("/proc/%1/status").arg(process.pid()));
    if (!status.open(QIODevice::ReadOnly)) {
        return 0;
    }
    const QByteArray text = status.readAll();
    const QByteArray name = "\nvoluntary_ctxt_switches:";
    const qsizetype begin = text.indexOf(name) + name.size();
    return text.mid(begin, text.indexOf('\n', begin) - begin).trimmed().toInt();
}

/// One that waits for something looks for it, sleeps, and looks again: by now it must have come to that.
constexpr int sleepsOfOneThatWaits = 60;

} // namespace shmpix::test
