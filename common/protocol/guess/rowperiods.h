#pragma once

#include <QtGlobal>

#include <span>
#include <vector>

namespace shmpix {

/// How well bytes resemble those a given distance further on: a picture resembles itself best at the
/// distance from a row to the next, whatever its pixels are.
class RowPeriods
{
public:
    /// `step`: only each so many-th byte is looked at; periods are counted in bytes all the same.
    /// Compares some windows of the bytes with those behind them, at every distance up to
    /// maximumPeriod. Takes some ten milliseconds, however many bytes there are. Any thread.
    explicit RowPeriods(std::span<const unsigned char> bytes, qint64 step = 1);

    /// The distances that stand out of their neighbourhood, the one that stands out most first.
    [[nodiscard]] const std::vector<qint64>& likeliest() const { return m_likeliest; }

    static constexpr qint64 maximumPeriod = 65536;

private:
    std::vector<qint64> m_likeliest;
};

} // namespace shmpix
