#include "tests/ipc/traces.h"

#include "common/segment/segmentpath.h"
#include "common/segment/systemvnames.h"
#include "tests/support/uniquekey.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <cstdio>

#include <sys/sem.h>
#include <sys/shm.h>

namespace shmpix::test {

namespace {

/// The rows of a table in /proc/sysvipc, without the heading.
QList<QList<QByteArray>> systemVTable(const QString& name)
{
    QList<QList<QByteArray>> rows;
    QFile file(QStringLiteral("/proc/sysvipc/") + name);
    if (file.open(QIODevice::ReadOnly)) {
        const QList<QByteArray> lines = file.readAll().split('\n');
        for (const QByteArray& line : lines.mid(1)) {
            const QList<QByteArray> row = line.simplified().split(' ');
            if (row.size() > 4) {
                rows.append(row);
            }
        }
    }
    return rows;
}

} // namespace

Traces::Traces()
{
    watch(QCoreApplication::applicationPid());
}

QString Traces::newAddress(const QString& scheme)
{
    m_addresses.append(uniqueAddress(scheme));
    return m_addresses.last();
}

void Traces::watch(qint64 pid)
{
    m_processes.append(pid);
}

QStringList Traces::files() const
{
    QStringList existing;
    for (const QString& address : m_addresses) {
        const QStringList possible = filesOf(address);
        for (const QString& file : possible) {
            if (QFileInfo::exists(file) || QFileInfo(file).isSymLink()) {
                existing.append(file);
            }
        }
    }
    return existing;
}

QList<int> Traces::semaphores() const
{
    QList<int> ids;
    const auto rows = systemVTable(QStringLiteral("sem"));
    for (const QList<QByteArray>& row : rows) {
        const int id = row[1].toInt();
        if (m_processes.contains(::semctl(id, 0, GETPID))) {
            ids.append(id);
        }
    }
    return ids;
}

QString Traces::found() const
{
    QStringList traces = files();
    for (const qint64 pid : m_processes) {
        for (const int id : memoryMadeBy(pid)) {
            traces.append(QStringLiteral("System V memory %1 of process %2").arg(id).arg(pid));
        }
    }
    for (const int id : semaphores()) {
        traces.append(QStringLiteral("semaphore %1").arg(id));
    }
    return traces.join(QLatin1String(", "));
}

QString Traces::takeFound()
{
    const QString traces = found();
    for (const QString& file : files()) {
        std::remove(qPrintable(file));
    }
    for (const qint64 pid : m_processes) {
        for (const int id : memoryMadeBy(pid)) {
            ::shmctl(id, IPC_RMID, nullptr);
        }
    }
    for (const int id : semaphores()) {
        ::semctl(id, 0, IPC_RMID);
    }
    *this = Traces();
    return traces;
}

QStringList filesOf(const QString& address)
{
    const SegmentAddress parsed = SegmentAddress::parse(address).value();
    if (parsed.scheme() == SegmentAddress::Scheme::Posix || parsed.scheme() == SegmentAddress::Scheme::File) {
        const SegmentPath path(parsed);
        return {QFile::decodeName(path.file), QFile::decodeName(path.spare), QFile::decodeName(path.record)};
    }
    const SystemVNames names(parsed);
    return names.segmentFile == names.semaphoreFile ? QStringList{names.segmentFile}
                                                    : QStringList{names.segmentFile, names.semaphoreFile};
}

QList<int> memoryMadeBy(qint64 pid)
{
    QList<int> ids;
    const auto rows = systemVTable(QStringLiteral("shm"));
    for (const QList<QByteArray>& row : rows) {
        if (row[4].toLongLong() == pid) {
            ids.append(row[1].toInt());
        }
    }
    return ids;
}

} // namespace shmpix::test
