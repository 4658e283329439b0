#pragma once

#include "tests/support/peerprocess.h"

#include <QFile>

namespace shmpix::test {

/// How often the process has been put to sleep.
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

/// A waiting process checks, sleeps, and checks again. After this many sleeps, it must have started to wait.
constexpr int sleepsOfOneThatWaits = 60;

} // namespace shmpix::test
