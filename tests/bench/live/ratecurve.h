#pragma once

#include "tests/bench/live/turns.h"

namespace shmpix::bench {

/// The rates at one size.
struct RatesOfSize
{
    QSize size;
    Rates rates;
};

/// Measures frames from 64x64 to 8K at full speed, copied in and out.
[[nodiscard]] std::vector<RatesOfSize> measureRateCurve(const std::vector<Transport>& known);

/// A table for people: frames per second, one row per size.
[[nodiscard]] QString toTable(const std::vector<RatesOfSize>& curve, const std::vector<Transport>& known);

/// The same as an SVG for light and dark pages: gigabytes per second over the frame's size.
[[nodiscard]] QString toSvg(const std::vector<RatesOfSize>& curve, const std::vector<Transport>& known);

} // namespace shmpix::bench
