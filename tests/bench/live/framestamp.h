#pragma once

#include <QtGlobal>

#include <cstddef>
#include <optional>
#include <span>

namespace shmpix::bench {

/// The content of the frames in a measurement, so that a reader counts only whole frames, and each frame
/// once.

/// Writes the frame's number to places all over the frame: cheap compared with sending it, and enough to
/// detect a torn frame.
void stamp(std::span<std::byte> frame, quint64 number);

/// Returns the number if all places have it.
[[nodiscard]] std::optional<quint64> stampOf(std::span<const std::byte> frame);

/// Fills the whole frame with a pattern that depends on its number.
void fillPattern(std::span<std::byte> frame, quint64 number);

/// Reads every byte once. Returns the frame's number if the bytes are those that fillPattern() wrote.
[[nodiscard]] std::optional<quint64> patternOf(std::span<const std::byte> frame);

/// The sum of the frame's 64-bit words.
[[nodiscard]] quint64 sumOf(std::span<const std::byte> frame);

} // namespace shmpix::bench
