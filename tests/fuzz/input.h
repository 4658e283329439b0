#pragma once

#include <cstddef>
#include <span>

namespace shmpix::fuzz {

/// The input of a target: arbitrary bytes that exist while it runs.
using Input = std::span<const std::byte>;

/// Sets the path of Qt's plug-ins and silences its messages about damaged pictures. Called once before the
/// first target.
void prepare();

} // namespace shmpix::fuzz
