#include "tests/support/traces.h"

#include "common/segment/posix/hiddenfiles.h"
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

/// The identifiers of everything in the table.
QList<int> allIn(const QString& name)
{
    QList<int> ids;
    const auto rows = systemVTable(name);
    for (const QList<QByteArray>& row : rows) {
        ids.append(row[1].toInt());
    }
    return ids;
}

} // namespace

Traces::Traces()
    : m_foreignMemory(allIn(QStringLiteral("shm")))
    , m_foreignSemaphores(allIn(QStringLiteral("sem")))
{
    watch(QCoreApplication::applicationPid());
}

QString Traces::newAddress(const QString& scheme)
{
    return watched(uniqueAddress(scheme));
}

QString Traces::watched(const QString& address)
{
    m_addresses.append(address);
    return address;
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

QList<int> Traces::memory() const
{
    QList<int> ids;
    for (const qint64 pid : m_processes) {
        for (const int id : memoryMadeBy(pid)) {
            if (!m_foreignMemory.contains(id)) {
                ids.append(id);
            }
        }
    }
    return ids;
}

QList<int> Traces::semaphores() const
{
    QList<int> ids;
    for (const int id : allIn(QStringLiteral("sem"))) {
        if (!m_foreignSemaphores.contains(id) && m_processes.contains(::semctl(id, 0, GETPID))) {
            ids.append(id);
        }
    }
    return ids;
}

QString Traces::found() const
{
    QStringList traces = files();
    for (const int id : memory()) {
        traces.append(QStringLiteral("System V memory %1").arg(id));
    }
    for (const int id : semaphores()) {
        traces.append(QStringLiteral("semaphore %1").arg(id));
    }
    return traces.join(QLatin1String(", "));
}

QString Traces::takeFound()
{
    QString traces = found();
    for (const int id : memory()) {
        ::shmctl(id, IPC_RMID, nullptr);
    }
    for (const int id : semaphores()) {
        ::semctl(id, 0, IPC_RMID);
    }
    // Last, because the key file must not be replaced while its memory exists.
    for (const QString& file : files()) {
        std::remove(qPrintable(file));
    }
    *this = Traces();
    return traces;
}

QStringList filesOf(const QString& address)
{
    const SegmentAddress parsed = SegmentAddress::parse(address).value();
    if (parsed.scheme() == SegmentAddress::Scheme::Posix || parsed.scheme() == SegmentAddress::Scheme::File) {
        const SegmentPath path(parsed);
        QStringList files = {QFile::decodeName(path.file)};
        for (const QByteArray& stem : hiddenStems(path)) {
            files += {QFile::decodeName(spareOf(stem)), QFile::decodeName(recordOf(stem))};
        }
        if (parsed.scheme() == SegmentAddress::Scheme::Posix) {
            files.append(QStringLiteral("/dev/shm/sem.") + parsed.name()); // the lock of Qt programs
        }
        return files;
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
