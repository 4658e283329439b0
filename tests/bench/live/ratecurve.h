#pragma once

#include "tests/bench/live/turns.h"

namespace shmpix::bench {

/// The rates at one size.
struct RatesOfSize
{
    QSize size;
    Rates rates;
};

/// Frames from 64x64 to 8K as fast as they go, copied in and out.
[[nodiscard]] std::vector<RatesOfSize> measureRateCurve(const std::vector<Transport>& known);

/// For people: frames per second, a row for each size.
[[nodiscard]] QString toTable(const std::vector<RatesOfSize>& curve, const std::vector<Transport>& known);

/// The same as an SVG, gigabytes per second over the frame's size, that suits light and dark pages.
[[nodiscard]] QString toSvg(const std::vector<RatesOfSize>& curve, const std::vector<Transport>& known);

} // namespace shmpix::bench
