#pragma once

#include <cstddef>
#include <span>

namespace shmpix::fuzz {

/// What a target is given: any bytes, alive while it runs.
using Input = std::span<const std::byte>;

/// Makes Qt's plug-ins known and its complaints about broken pictures silent. Once, before the first target.
void prepare();

} // namespace shmpix::fuzz
