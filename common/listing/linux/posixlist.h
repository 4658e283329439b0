#pragma once

#include "common/listing/listedsegment.h"

#include <vector>

namespace shmpix {

/// The POSIX segments among the files of that folder, without semaphores, our own hidden files, and anything
/// but regular files, such as folders, links and pipes.
[[nodiscard]] std::vector<ListedSegment> listPosixSegments(const QByteArray& folder);

/// A name on one line for people, with control characters replaced.
[[nodiscard]] QString displayName(const QByteArray& fileName);

} // namespace shmpix
