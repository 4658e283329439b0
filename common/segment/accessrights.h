#pragma once

#include "common/base/result.h"

#include <QString>

#include <optional>

namespace shmpix {

/// Who besides its user may use what we make: a segment, or a file. Nothing: as the place has it where it is
/// said, nobody else otherwise. A value.
struct AccessRights
{
    std::optional<quint32> mode;  ///< permission bits: the user's own are always there
    std::optional<quint32> group; ///< the number of the group that has the group's bits

    /// The permission bits that it comes to: a group alone may read.
    [[nodiscard]] quint32 bits() const { return mode.value_or(group ? 0640 : 0600); }

    friend bool operator==(const AccessRights&, const AccessRights&) = default;
};

/// Permission bits in octal digits, such as 0644. Fails with Usage for what is none, for bits that keep the
/// user itself from reading or writing, and for bits that make a program of a picture.
[[nodiscard]] Result<quint32> parseMode(const QString& text);

/// The number of a group that we are a member of, by its name or that number; for root any group's. Fails
/// with Usage.
[[nodiscard]] Result<quint32> parseGroup(const QString& text);

/// The name of a group, or its number where it has none.
[[nodiscard]] QString groupName(quint32 group);

/// Gives an open file those rights, whatever the umask. False, and errno, when it cannot have them; where the
/// group cannot be given, its bits are given to no other group.
[[nodiscard]] bool giveRights(int fd, const AccessRights& rights);

} // namespace shmpix
