#pragma once

#include "common/segment/heldlocks.h"
#include "common/segment/listedsegment.h"
#include "common/segment/ownerrecord.h"

#include <QString>

#include <optional>

namespace shmpix {

/// Which owners live, as far as that can be told without asking for their locks, as it was when this was
/// made. The system lists the locks of processes that it shows us: that there is none is a proof of death
/// only where the owner ran in our own process namespace, or where we see all of them. A value.
class OwnerLives
{
public:
    OwnerLives();

    struct Life
    {
        Liveness liveness = Liveness::Unknown;
        qint64 process = 0; ///< that holds the lock, as we see it; 0 when we do not
    };

    /// Of the owner whose record is that file; `note` is what the record says, if it can be read.
    [[nodiscard]] Life of(const FileId& record, const std::optional<OwnerNote>& note) const;

    /// The owner for a sentence: with its name where we see it. Empty when nothing is known of it.
    [[nodiscard]] QString describe(const FileId& record, const std::optional<OwnerNote>& note) const;

    /// Whether an owner of that namespace is the same to us as one of our own: its number means a process
    /// here.
    [[nodiscard]] bool isOurNamespace(quint64 processNamespace) const;

private:
    std::optional<HeldLocks> m_locks; ///< nothing: the system does not list them
    std::optional<quint64> m_namespace;
};

} // namespace shmpix
