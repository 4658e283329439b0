#include "common/protocol/guess/layoutguess.h"

#include "common/base/memorysource.h"
#include "tests/fuzz/oracle.h"

#include <algorithm>

namespace shmpix::fuzz {

/// Every proposed layout can be read, and no layout is proposed twice.
void fuzzGuess(Input input)
{
    constexpr std::size_t most = 2048; // more bytes take longer and show nothing new
    MemorySource source(input.first(std::min(most, input.size())));
    const auto guesses = guessLayouts(source);
    require(guesses.has_value(), "a guess at bytes that are there fails");
    require(guesses->size() <= mostLayoutGuesses, "too many guesses");
    for (auto guess = guesses->begin(); guess != guesses->end(); ++guess) {
        require(!guess->reason.isEmpty(), "a guess without a reason");
        const auto isSame = [guess](const LayoutGuess& other) { return other.layout == guess->layout; };
        if (std::any_of(guess + 1, guesses->end(), isSame)) {
            fail(QStringLiteral("%1 is proposed twice").arg(layoutText(guess->layout)));
        }
        const auto decoded = codecFor(ProtocolId::Pixels).decode(source, {{}, guess->layout});
        require(decoded.has_value(), "a layout is proposed that cannot be read");
        requireSound(decoded, source.size());
    }
}

} // namespace shmpix::fuzz
