#pragma once

#include "common/image/pixelformat.h"

#include <cstddef>
#include <span>

namespace shmpix {

/// Shows numbers that are no brightness by themselves: floats, signed and 32-bit integers. The least finite
/// number becomes black and the greatest white, over all colours; what is not a number becomes black, and an
/// infinity the end that it points to. When all are equal the range is 0 to 1, or to that number where it is
/// larger. Alpha keeps its own scale: 0 to 1, or to the integer's greatest value.
///
/// First look at every row, then map every row; both rows of `channels` interleaved samples, of which a
/// fourth is alpha. Any thread, one at a time.
class SampleRange
{
public:
    SampleRange(SampleType sample, int channels)
        : m_sample(sample)
        , m_channels(channels)
    {
    }

    void look(std::span<const std::byte> row);

    /// Writes 16 bits a sample; three channels become four, the fourth opaque.
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
