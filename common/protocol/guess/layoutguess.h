#pragma once

#include "common/base/bytesource.h"
#include "common/image/pixellayout.h"

#include <vector>

namespace shmpix {

/// A possible layout for the pixels of a segment without a header, and the reason for it, in a sentence for
/// people.
struct LayoutGuess
{
    PixelLayout layout;
    QString reason;
};

/// Proposes at most mostLayoutGuesses layouts for bytes without any description, the likeliest first. Judges
/// by the arithmetic of sizes, by common resolutions, and by how smooth the rows are with each layout. The
/// bytes do not show whether red or blue comes first: the order that suits photographs comes first and the
/// other next. They do not show bottom-up either. The list is empty if nothing sensible fits. Fails if the
/// bytes are no longer there. Any thread. Reads a bounded number of bytes: the source's beginning and, to
/// find trailing zeros, its end or samples.
[[nodiscard]] Result<std::vector<LayoutGuess>> guessLayouts(ByteSource& source);

inline constexpr std::size_t mostLayoutGuesses = 8;

} // namespace shmpix
