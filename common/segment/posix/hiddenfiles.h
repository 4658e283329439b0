#pragma once

#include "common/base/result.h"
#include "common/segment/posix/segmentpath.h"

#include <QByteArray>

#include <array>
#include <optional>

namespace shmpix {

/// How many hidden names a segment may have. If another user has blocked the first one, the next is used.
constexpr int hiddenNames = 9;

/// The paths, without a suffix, of our hidden files next to a segment, in the order in which they are tried.
using HiddenStems = std::array<QByteArray, hiddenNames>;
[[nodiscard]] HiddenStems hiddenStems(const SegmentPath& path);

/// The path of the spare segment, which is filled before it takes the name, and that of an owner record.
[[nodiscard]] QByteArray spareOf(const QByteArray& stem);
[[nodiscard]] QByteArray recordOf(const QByteArray& stem);

/// How the names of the hidden files of a user's segment begin, in the file system's encoding; `number`
/// counts from 1.
[[nodiscard]] QByteArray hiddenName(const QByteArray& segmentName, uid_t user, int number = 1);

/// The first of the hidden names that belong together with `stem`, a path or a name. Empty if it is not one
/// of the user's.
[[nodiscard]] QByteArray firstHiddenName(const QByteArray& stem, uid_t user);

/// The status of the path if it is a regular file of our own user; otherwise nothing.
[[nodiscard]] std::optional<FileStatus> ownFile(const QByteArray& path);

/// Whether a hidden name that others have blocked can be skipped: only if nobody but us can replace the file
/// that we create instead.
[[nodiscard]] bool isSafeFolder(const QByteArray& folder);

/// The error for an obstacle at that path that keeps us from sharing under the address; names its owner.
[[nodiscard]] Error blockedBy(const QByteArray& path, const SegmentAddress& address);

/// Removes the name if it still refers to that file; false if it does not, or on failure. No system call
/// checks and removes in one step, so another program could replace the file in between; programs that
/// respect the owner record do not, while its lock is held.
bool removeIfSame(const QByteArray& path, const FileId& file);

} // namespace shmpix
