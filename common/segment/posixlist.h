#pragma once

#include "common/segment/listedsegment.h"

#include <vector>

namespace shmpix {

/// The POSIX segments among the files of that folder. Left out: semaphores, our own hidden files, and what is
/// no regular file, such as folders, links and pipes.
[[nodiscard]] std::vector<ListedSegment> listPosixSegments(const QByteArray& folder);

/// A name as one line for people: control characters are replaced.
[[nodiscard]] QString displayName(const QByteArray& fileName);

} // namespace shmpix
