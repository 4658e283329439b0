#pragma once

#include "tests/support/peerprocess.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace shmpix::test {

/// Finds what sharing may leave on the machine, so that tests can check that nothing is left.
class Traces
{
public:
    Traces();

    /// Returns a fresh address of the scheme and watches it from now on.
    [[nodiscard]] QString newAddress(const QString& scheme);

    /// Watches an address that the test made itself, and returns it.
    [[nodiscard]] QString watched(const QString& address);

    /// Watches the System V objects that the process creates.
    void watch(qint64 pid);
    void watch(const PeerProcess& peer) { watch(peer.pid()); }

    /// The existing files of the watched addresses and System V objects of the watched processes, including
    /// this one; one per line.
    [[nodiscard]] QString found() const;

    /// Returns the same, removes everything and forgets it, so that the next test starts clean.
    [[nodiscard]] QString takeFound();

private:
    [[nodiscard]] QStringList files() const;
    [[nodiscard]] QList<int> memory() const;
    [[nodiscard]] QList<int> semaphores() const;

    QStringList m_addresses;
    QList<qint64> m_processes;
    // Objects that existed before are not ours, even if a process number or a key is used again.
    QList<int> m_foreignMemory;
    QList<int> m_foreignSemaphores;
};

/// The possible files of an address: the segment, hidden files beside it, key files.
[[nodiscard]] QStringList filesOf(const QString& address);

/// The identifiers of the System V memory that the process created.
[[nodiscard]] QList<int> memoryMadeBy(qint64 pid);

} // namespace shmpix::test
