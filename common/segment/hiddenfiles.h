#pragma once

#include "common/base/result.h"
#include "common/segment/segmentpath.h"

#include <QByteArray>

#include <array>
#include <optional>

namespace shmpix {

/// How many hidden names a segment may have: where another user has put something in the place of the first
/// one, the next one does.
constexpr int hiddenNames = 9;

/// The paths, without an ending, at which our hidden files beside a segment may lie, in the order in which
/// they are tried.
using HiddenStems = std::array<QByteArray, hiddenNames>;
[[nodiscard]] HiddenStems hiddenStems(const SegmentPath& path);

/// The path of a second segment, which is filled before it takes the name, and that of an owner's record.
[[nodiscard]] QByteArray spareOf(const QByteArray& stem);
[[nodiscard]] QByteArray recordOf(const QByteArray& stem);

/// How the hidden files of a user's segment begin that has that name, in the file system's encoding; `number`
/// counts from 1.
[[nodiscard]] QByteArray hiddenName(const QByteArray& segmentName, uid_t user, int number = 1);

/// The first of the hidden names that `stem`, which is a path or a name, stands for. Empty when it is none of
/// the user's.
[[nodiscard]] QByteArray firstHiddenName(const QByteArray& stem, uid_t user);

/// The status of what has that path if it is a regular file of our own user; else nothing.
[[nodiscard]] std::optional<FileStatus> ownFile(const QByteArray& path);

/// Whether what others have put in the place of our hidden files can be passed over: only where nobody but us
/// can replace what we make instead.
[[nodiscard]] bool isSafeFolder(const QByteArray& folder);

/// The sentence for a thing at that path that keeps us from sharing under the address: it says whose it is.
[[nodiscard]] Error blockedBy(const QByteArray& path, const SegmentAddress& address);

/// Removes the name if it still leads to that file; false when it does not, or stays. Between the look and
/// the removal another program could put something else there: no system call does both. Who keeps to the
/// owner's record does not, while its lock is held.
bool removeIfSame(const QByteArray& path, const FileId& file);

} // namespace shmpix
