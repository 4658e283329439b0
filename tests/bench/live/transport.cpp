#include "tests/bench/live/transport.h"

#include <cstring>

namespace shmpix::bench {

bool FrameOutlet::send(std::span<const std::byte> frame)
{
    return fill(
        [frame](std::span<std::byte> place) { std::memcpy(place.data(), frame.data(), frame.size()); });
}

bool FrameInlet::copy(std::span<std::byte> frame)
{
    return look(
        [frame](std::span<const std::byte> place) { std::memcpy(frame.data(), place.data(), frame.size()); });
}

} // namespace shmpix::bench
