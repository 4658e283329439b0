#pragma once

#include <QtGlobal>

#include <cstddef>
#include <span>

namespace shmpix {

/// Fills the bytes of the frame with this number. Each byte depends on the number and on its place, so that a
/// mixture of two frames matches neither.
void fillFrame(std::span<std::byte> bytes, quint64 number);

/// Whether all bytes are those of the frame with this number.
[[nodiscard]] bool isFrame(std::span<const std::byte> bytes, quint64 number);

} // namespace shmpix
