#pragma once

#include "common/base/result.h"

#include <QString>

#include <optional>

namespace shmpix {

/// Who besides its owner may use a segment or a file that we create. Unset members mean the default of the
/// place that uses them; otherwise nobody else has access. A value.
struct AccessRights
{
    std::optional<quint32> mode;  ///< permission bits; those of the owner are always set
    std::optional<quint32> group; ///< the number of the group that gets the group's bits

    /// The resulting permission bits: a group without a mode may read.
    [[nodiscard]] quint32 bits() const { return mode.value_or(group ? 0640 : 0600); }

    friend bool operator==(const AccessRights&, const AccessRights&) = default;
};

/// Parses permission bits in octal digits, such as 0644. Fails with Usage for anything else, for bits that
/// keep the owner from reading or writing, and for execute bits.
[[nodiscard]] Result<quint32> parseMode(const QString& text);

/// The number of a group that we belong to, by name or number; for root, any group. Fails with Usage.
[[nodiscard]] Result<quint32> parseGroup(const QString& text);

/// The name of a group, or its number where it has none.
[[nodiscard]] QString groupName(quint32 group);

/// Sets those rights on an open file, regardless of the umask. Returns false and sets errno on failure. If
/// the group cannot be set, no other group gets its bits.
[[nodiscard]] bool giveRights(int fd, const AccessRights& rights);

} // namespace shmpix
