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

/// Proposes layouts for bytes that nothing else describes, the likeliest first, at most mostLayoutGuesses:
/// by the arithmetic of sizes, by the resolutions that are common, and by how smooth the rows are with each
/// layout. Red before blue or blue before red cannot be known from bytes: the likelier one, by what
/// photographs show, comes first and the other next. Nor can bottom-up be known. The list is empty when
/// nothing sensible fits. Fails when the bytes are no longer there. Any thread; reads the
/// source's beginning and, as far as zeros go, its end or samples of it: a bounded number of bytes.
[[nodiscard]] Result<std::vector<LayoutGuess>> guessLayouts(ByteSource& source);

inline constexpr std::size_t mostLayoutGuesses = 8;

} // namespace shmpix
