#pragma once

#include "common/base/error.h"

#include <QString>

#include <sys/types.h>

namespace shmpix {

/// Errors for a file that was not saved, each with a fitting remedy, from the path that the user gave and the
/// folder that it leads to. Never about the segment of the picture.

/// For an errno value.
[[nodiscard]] Error saveError(int errorNumber, const QString& path, const QString& folder);

/// For a file that is there and that its owner does not let us write.
[[nodiscard]] Error protectedFile(const QString& path, uid_t owner);

/// For one that may be written, in a folder where only its owner may exchange it.
[[nodiscard]] Error irreplaceableFile(const QString& path, uid_t owner);

/// For a file that did not get the mode or the group that were asked for, with an errno value.
[[nodiscard]] Error rightsNotGiven(int errorNumber, const QString& path);

/// For a folder that nobody can find any more, though it is open.
[[nodiscard]] Error removedFolder(const QString& path);

/// For a link on the way that somebody else has put into a folder of everybody's.
[[nodiscard]] Error strangersLink(const QString& path, const QString& link, uid_t owner);

/// For what is there, and nothing that a picture can be written into.
[[nodiscard]] Error noPlaceForAPicture(const QString& path, mode_t mode);

/// For a pipe that nobody reads, or that nobody reads any more.
[[nodiscard]] Error nobodyReads(const QString& path);

} // namespace shmpix
