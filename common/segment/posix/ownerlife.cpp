#include "common/segment/posix/ownerlife.h"

#include "common/segment/posix/processinfo.h"

#include <QCoreApplication>
#include <QFile>

namespace shmpix {

namespace {

/// The namespace of the machine's first processes, which see every lock.
constexpr quint64 initialNamespace = 4026531836;

std::optional<HeldLocks> locksOfSystem()
{
    QFile file(QStringLiteral("/proc/locks"));
    const bool isOpen = file.open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    return isOpen ? std::optional(HeldLocks::parse(file.readAll())) : std::nullopt;
}

} // namespace

OwnerLives::OwnerLives()
    : m_locks(locksOfSystem())
    , m_namespace(processNamespace())
{
}

bool OwnerLives::isOurNamespace(quint64 processNamespace) const
{
    return m_namespace && *m_namespace == processNamespace;
}

OwnerLives::Life OwnerLives::of(const FileId& record, const std::optional<OwnerNote>& note) const
{
    if (!m_locks) {
        return {};
    }
    if (const auto holder = m_locks->holder(record.device, record.inode)) {
        return {Liveness::Alive, *holder};
    }
    const bool isSeen = isOurNamespace(initialNamespace) || (note && isOurNamespace(note->processNamespace));
    return {isSeen ? Liveness::Dead : Liveness::Unknown, 0};
}

QString OwnerLives::describe(const FileId& record, const std::optional<OwnerNote>& note) const
{
    if (const Life life = of(record, note); life.process > 0) {
        return describeOwner(static_cast<pid_t>(life.process));
    }
    const bool isElsewhere = note && note->process > 0 && note->processNamespace != 0 && m_namespace &&
                             !isOurNamespace(note->processNamespace);
    return isElsewhere
               ? QCoreApplication::translate(
                     "OwnerLives", "a program in another container or process namespace (process %1 there)")
                     .arg(note->process)
               : QString();
}

} // namespace shmpix
