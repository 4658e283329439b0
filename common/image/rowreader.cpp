#include "common/image/rowreader.h"

#include <algorithm>
#include <cstdlib>

namespace shmpix {

namespace {

constexpr qint64 bandBytes = qint64{256} * 1024;

/// Rows with more padding than this are read one by one.
constexpr qint64 usualPadding = 4096;

} // namespace

RowReader::RowReader(ByteSource& source, const PixelLayout& layout)
    : m_source(source)
    , m_height(layout.height)
    , m_rowBytes(shmpix::rowBytes(layout.format, layout.width))
    , m_step(layout.bottomUp ? -layout.step() : layout.step())
    , m_top(layout.bottomUp ? layout.offset + (layout.height - 1) * layout.step() : layout.offset)
    , m_bandRows(1)
{
    const qint64 distance = std::abs(m_step);
    if (distance <= m_rowBytes + usualPadding) {
        m_bandRows = std::clamp<qint64>(bandBytes / distance, 1, m_height);
    }
    const qint64 most = (m_bandRows - 1) * distance + m_rowBytes;
    m_band = std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(most));
}

Result<std::span<const std::byte>> RowReader::next()
{
    if (m_next == m_bandEnd) {
        if (auto fetched = fetchBand(); !fetched) {
            return fetched.error();
        }
    }
    const qint64 at = m_top + m_next * m_step - m_bandBegin;
    ++m_next;
    return std::span<const std::byte>(m_band.get() + at, static_cast<std::size_t>(m_rowBytes));
}

Result<void> RowReader::fetchBand()
{
    const qint64 rows = std::min(m_bandRows, m_height - m_next);
    const qint64 first = m_top + m_next * m_step;
    const qint64 last = first + (rows - 1) * m_step;
    m_bandBegin = std::min(first, last);
    m_bandEnd = m_next + rows;
    const qint64 bytes = std::max(first, last) + m_rowBytes - m_bandBegin;
    return m_source.read(m_bandBegin, std::span(m_band.get(), static_cast<std::size_t>(bytes)));
}

} // namespace shmpix
