#pragma once

#include <QtGlobal>

#include <cstddef>
#include <span>

namespace shmpix {

/// The bytes of a frame of that number, of which each depends on the number and on its place: a mixture of
/// two frames is neither.
void fillFrame(std::span<std::byte> bytes, quint64 number);

/// Whether all of them are.
[[nodiscard]] bool isFrame(std::span<const std::byte> bytes, quint64 number);

} // namespace shmpix
