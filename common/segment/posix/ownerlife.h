#pragma once

#include "common/segment/liveness.h"
#include "common/segment/posix/heldlocks.h"
#include "common/segment/posix/ownerrecord.h"

#include <QString>

#include <optional>

namespace shmpix {

/// A snapshot of which owners are alive, as far as can be told without taking their locks. The system lists
/// only locks of processes visible to us, so a missing lock proves an owner dead only if the owner ran in our
/// process namespace, or if we see all processes. A value.
class OwnerLives
{
public:
    OwnerLives();

    struct Life
    {
        Liveness liveness = Liveness::Unknown;
        qint64 process = 0; ///< that holds the lock, as visible to us; 0 if it is not
    };

    /// The life of the owner whose record is that file; `note` is the record's content, if it can be read.
    [[nodiscard]] Life of(const FileId& record, const std::optional<OwnerNote>& note) const;

    /// Describes the owner in a sentence, with its name if visible. Empty if nothing is known.
    [[nodiscard]] QString describe(const FileId& record, const std::optional<OwnerNote>& note) const;

    /// Whether process numbers of that namespace are valid in ours.
    [[nodiscard]] bool isOurNamespace(quint64 processNamespace) const;

private:
    std::optional<HeldLocks> m_locks; ///< nothing if the system does not list them
    std::optional<quint64> m_namespace;
};

} // namespace shmpix
