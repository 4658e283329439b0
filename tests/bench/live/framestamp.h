#pragma once

#include <QtGlobal>

#include <cstddef>
#include <optional>
#include <span>

namespace shmpix::bench {

/// What the frames of a measurement hold, so that a reader counts only those that it got whole, and each
/// once.

/// Writes the frame's number to places all over it: cheap beside sending it, and enough to see that it is
/// torn.
void stamp(std::span<std::byte> frame, quint64 number);

/// The number, when all of the places have it.
[[nodiscard]] std::optional<quint64> stampOf(std::span<const std::byte> frame);

/// Fills all of the frame with what its number gives.
void fillPattern(std::span<std::byte> frame, quint64 number);

/// Reads every byte once. The frame's number, when they are what fillPattern() wrote.
[[nodiscard]] std::optional<quint64> patternOf(std::span<const std::byte> frame);

/// The sum of the frame's 64-bit words.
[[nodiscard]] quint64 sumOf(std::span<const std::byte> frame);

} // namespace shmpix::bench
