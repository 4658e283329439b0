#include "common/image/samplerange.h"

#include <qfloat16.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace shmpix {

namespace {

template <class Number>
Number sampleAt(std::span<const std::byte> row, std::size_t index)
{
    Number number;
    std::memcpy(&number, row.data() + index * sizeof(Number), sizeof(Number));
    return number;
}

/// Runs function(Number()) for the type of the samples.
template <class Function>
void withNumber(SampleType sample, Function function)
{
    switch (sample) {
    case SampleType::Bool:
    case SampleType::UInt8:
        return function(quint8(0));
    case SampleType::Int16:
        return function(qint16(0));
    case SampleType::UInt16:
        return function(quint16(0));
    case SampleType::UInt32:
        return function(quint32(0));
    case SampleType::Float16:
        return function(qfloat16());
    case SampleType::Float32:
        return function(float(0));
    case SampleType::Float64:
        return function(double(0));
    }
}

constexpr double whiteSample = 65535;
constexpr double toNearest = 0.5; // and a cast: std::lround() would be a call for each sample

quint16 toSample(double share)
{
    // In this order NaN becomes 0, and no conversion leaves the range of the type.
    return share >= 1  ? quint16(whiteSample)
           : share > 0 ? quint16(share * whiteSample + toNearest)
                       : quint16(0);
}

template <class Number>
double alphaUnit()
{
    if constexpr (std::is_integral_v<Number>) {
        return std::numeric_limits<Number>::max();
    }
    return 1;
}

} // namespace

double SampleRange::black() const
{
    return m_least < m_greatest ? m_least : 0;
}

double SampleRange::white() const
{
    return m_least < m_greatest ? m_greatest : std::max(1.0, m_greatest);
}

template <class Number>
void SampleRange::lookAt(std::span<const std::byte> row)
{
    const std::size_t samples = row.size() / sizeof(Number);
    const std::size_t colours = m_channels == 4 ? 3 : static_cast<std::size_t>(m_channels);
    const auto channels = static_cast<std::size_t>(m_channels);
    double least = m_any ? m_least : std::numeric_limits<double>::infinity();
    double greatest = m_any ? m_greatest : -std::numeric_limits<double>::infinity();
    for (std::size_t pixel = 0; pixel < samples; pixel += channels) {
        for (std::size_t i = 0; i < colours; ++i) {
            const auto value = double(sampleAt<Number>(row, pixel + i));
            if (std::isfinite(value)) {
                least = std::min(least, value);
                greatest = std::max(greatest, value);
            } else if (std::isnan(value)) {
                ++m_notNumbers;
            }
        }
    }
    m_any = least <= greatest;
    if (m_any) {
        m_least = least;
        m_greatest = greatest;
    }
}

template <class Number>
void SampleRange::mapFrom(std::span<const std::byte> row, quint16* out) const
{
    const std::size_t samples = row.size() / sizeof(Number);
    // Uses halves: the distance between the least and the greatest double exceeds the range of double.
    const double low = black() / 2;
    const double scale = 1 / (white() / 2 - low);
    for (std::size_t i = 0; i < samples; ++i) {
        const auto value = double(sampleAt<Number>(row, i));
        const bool isAlpha = m_channels == 4 && i % 4 == 3;
        *out++ = toSample(isAlpha ? value / alphaUnit<Number>() : (value / 2 - low) * scale);
        if (m_channels == 3 && i % 3 == 2) {
            *out++ = quint16(whiteSample);
        }
    }
}

void SampleRange::look(std::span<const std::byte> row)
{
    withNumber(m_sample, [&](auto number) { lookAt<decltype(number)>(row); });
}

void SampleRange::map(std::span<const std::byte> row, quint16* out) const
{
    withNumber(m_sample, [&](auto number) { mapFrom<decltype(number)>(row, out); });
}

} // namespace shmpix
