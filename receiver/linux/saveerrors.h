#pragma once

#include "common/base/error.h"

#include <QString>

#include <sys/types.h>

namespace shmpix {

/// Errors for a file that was not saved, each with a fitting remedy. They use the path that the user gave and
/// the folder that it leads to, and are never about the segment of the picture.

/// For an errno value.
[[nodiscard]] Error saveError(int errorNumber, const QString& path, const QString& folder);

/// For an existing file whose owner does not let us write to it.
[[nodiscard]] Error protectedFile(const QString& path, uid_t owner);

/// For a file that may be written, in a folder where only its owner may replace it.
[[nodiscard]] Error irreplaceableFile(const QString& path, uid_t owner);

/// For a file that did not get the requested mode or group, with an errno value.
[[nodiscard]] Error rightsNotGiven(int errorNumber, const QString& path);

/// For an open folder that has been removed.
[[nodiscard]] Error removedFolder(const QString& path);

/// For a link on the path that another user has put into a folder that everybody may write to.
[[nodiscard]] Error strangersLink(const QString& path, const QString& link, uid_t owner);

/// For an existing file of a kind that a picture cannot be written to.
[[nodiscard]] Error noPlaceForAPicture(const QString& path, mode_t mode);

/// For a pipe that nobody reads, or no longer reads.
[[nodiscard]] Error nobodyReads(const QString& path);

} // namespace shmpix
