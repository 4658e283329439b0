#pragma once

#include "common/image/pixelformat.h"

#include <cstddef>
#include <span>

namespace shmpix {

/// Maps values without a fixed range to brightness: floats, signed and 32-bit integers. The smallest finite
/// value becomes black and the largest white, over all colours; NaN becomes black, and an infinity the end
/// that it points to. If all values are equal, the range is 0 to 1, or to that value if it is larger. Alpha
/// keeps its own scale: 0 to 1, or to the integer's maximum.
///
/// First scan every row, then map every row. Rows hold `channels` interleaved samples; a fourth channel is
/// alpha. Any thread, one at a time.
class SampleRange
{
public:
    SampleRange(SampleType sample, int channels)
        : m_sample(sample)
        , m_channels(channels)
    {
    }

    void look(std::span<const std::byte> row);

    /// Writes 16 bits per sample; three channels become four, the fourth opaque.
    void map(std::span<const std::byte> row, quint16* out) const;

    [[nodiscard]] double black() const;
    [[nodiscard]] double white() const;
    [[nodiscard]] qint64 notNumbers() const { return m_notNumbers; }

private:
    template <class Number>
    void lookAt(std::span<const std::byte> row);
    template <class Number>
    void mapFrom(std::span<const std::byte> row, quint16* out) const;

    SampleType m_sample;
    int m_channels;
    double m_least = 0;
    double m_greatest = 0;
    bool m_any = false;
    qint64 m_notNumbers = 0;
};

} // namespace shmpix
