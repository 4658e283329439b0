#pragma once

#include "tests/support/peerprocess.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace shmpix::test {

/// What sharing may leave on the machine, for tests to say that nothing is left.
class Traces
{
public:
    Traces();

    /// A fresh address of the scheme, watched from now on.
    [[nodiscard]] QString newAddress(const QString& scheme);

    /// Watches an address that the test made itself, and gives it back.
    [[nodiscard]] QString watched(const QString& address);

    /// Watches the System V objects that the process makes.
    void watch(qint64 pid);
    void watch(const PeerProcess& peer) { watch(peer.pid()); }

    /// The files of the watched addresses and the System V objects of the watched processes, of this one too,
    /// that exist; a line each.
    [[nodiscard]] QString found() const;

    /// The same, and removes and forgets them: the next test starts clean.
    [[nodiscard]] QString takeFound();

private:
    [[nodiscard]] QStringList files() const;
    [[nodiscard]] QList<int> memory() const;
    [[nodiscard]] QList<int> semaphores() const;

    QStringList m_addresses;
    QList<qint64> m_processes;
    // What there was before is not ours, even where a process number or a key is given again.
    QList<int> m_foreignMemory;
    QList<int> m_foreignSemaphores;
};

/// The files that an address may have: the segment, hidden files beside it, key files.
[[nodiscard]] QStringList filesOf(const QString& address);

/// The identifiers of the System V memory that the process made.
[[nodiscard]] QList<int> memoryMadeBy(qint64 pid);

} // namespace shmpix::test
