#pragma once

#include <QtGlobal>

#include <span>
#include <vector>

namespace shmpix {

/// Measures how well bytes resemble those a given distance further on. A picture resembles itself best at the
/// distance from one row to the next, whatever its pixels are.
class RowPeriods
{
public:
    /// Compares some windows of the bytes with those behind them, at every distance up to maximumPeriod. With
    /// `step`, only every step-th byte is compared; periods are still counted in bytes. Takes a few tens of
    /// milliseconds, regardless of the number of bytes. Any thread.
    explicit RowPeriods(std::span<const unsigned char> bytes, qint64 step = 1);

    /// The distances that stand out from their neighbourhood, the clearest first.
    [[nodiscard]] const std::vector<qint64>& likeliest() const { return m_likeliest; }

    static constexpr qint64 maximumPeriod = 65536;

private:
    std::vector<qint64> m_likeliest;
};

} // namespace shmpix
