#include "common/protocol/guess/pictureend.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace shmpix {

namespace {

constexpr qint64 pageBytes = 4096;
constexpr qint64 mostComparedRows = 4400;
constexpr qint64 leastRows = 4;
constexpr qint64 mostFromBreak = 2;

qint64 roundedUp(qint64 value, qint64 unit)
{
    return (value + unit - 1) / unit * unit;
}

/// A common multiple of the bytes of all formats' pixels, so that each column of a piece is always the same
/// byte of a pixel.
constexpr qint64 pieceBytes = 24;
constexpr qint64 piecesOfARow = 5;

/// Returns how many bytes of a row are compared. For a row shorter than a piece, this includes part of the
/// next row.
qint64 lookedAt(qint64 stride)
{
    return std::max(stride, pieceBytes);
}

/// Adds the differences between a row and the bytes `distance` further on to `sums`, for each byte of its
/// pieces. Both places must have lookedAt() bytes.
void addDifferences(const unsigned char* row, qint64 stride, qint64 distance,
                    std::array<int, pieceBytes>& sums)
{
    const qint64 room = (stride - pieceBytes) / pieceBytes;
    for (qint64 i = 0; i < piecesOfARow && room >= 0; ++i) {
        const unsigned char* begin = row + room * i / (piecesOfARow - 1) * pieceBytes;
        for (std::size_t x = 0; x < sums.size(); ++x) {
            sums[x] += std::abs(begin[x] - begin[static_cast<qint64>(x) + distance]);
        }
    }
}

} // namespace

PictureEnds::PictureEnds(const SegmentSample& sample, qint64 offset, qint64 stride,
                         std::span<const qint64> otherStrides, const StaleTail& tail)
    : m_sample(sample)
    , m_offset(offset)
    , m_stride(stride)
    , m_otherStrides(otherStrides)
{
    findTellingBytes();
    compareRows();
    if (offset == 0 && tail.begin() > 0) {
        m_break = std::max<qint64>(1, (tail.begin() + stride / 2) / stride);
    } else {
        findBreak();
    }
}

float PictureEnds::difference(qint64 first, qint64 last, qint64 distance) const
{
    const std::span<const unsigned char> content = m_sample.content();
    std::array<int, pieceBytes> sums{};
    qint64 rows = 0;
    for (qint64 y = std::max<qint64>(first, 0); y < last; ++y, ++rows) {
        const qint64 begin = m_offset + y * m_stride;
        if (begin + lookedAt(m_stride) + distance > static_cast<qint64>(content.size())) {
            break;
        }
        addDifferences(content.data() + begin, m_stride, distance, sums);
    }
    float sum = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        sum += m_telling[i] * static_cast<float>(sums[i]);
    }
    return sum / static_cast<float>(std::max<qint64>(rows, 1) * pieceBytes * piecesOfARow);
}

void PictureEnds::findTellingBytes()
{
    // The lower bytes of large numbers are noise, which shows nothing.
    const std::span<const unsigned char> content = m_sample.content();
    std::array<int, pieceBytes> next{};
    std::array<int, pieceBytes> other{};
    for (qint64 y = 0; y < 64; ++y) {
        const qint64 begin = m_offset + y * m_stride;
        if (begin + lookedAt(m_stride) + elsewhere() > static_cast<qint64>(content.size())) {
            break;
        }
        addDifferences(content.data() + begin, m_stride, m_stride, next);
        addDifferences(content.data() + begin, m_stride, elsewhere(), other);
    }
    const auto likeness = [&](std::size_t i) {
        return static_cast<float>(next[i] + 1) / static_cast<float>(other[i] + 1);
    };
    float least = 1;
    for (std::size_t i = 0; i < next.size(); ++i) {
        least = std::min(least, other[i] > 0 ? likeness(i) : 1.0F);
    }
    for (std::size_t i = 0; i < next.size(); ++i) {
        m_telling[i] = likeness(i) <= least + 0.2F ? 1.0F : 0.0F;
    }
}

void PictureEnds::compareRows()
{
    const qint64 rows =
        std::min((static_cast<qint64>(m_sample.content().size()) - m_offset) / m_stride, mostComparedRows);
    for (qint64 y = 0; y + 1 < rows; ++y) {
        m_differences.push_back(difference(y, y + 1, m_stride));
        m_unlikeness.push_back((m_differences.back() + 0.1F) / (difference(y, y + 1, elsewhere()) + 0.5F));
    }
}

void PictureEnds::findBreak()
{
    // Looks for the split into a part whose rows resemble each other and a part whose rows do not. The best
    // split makes both parts least surprising, with a separate mean for each.
    const auto count = static_cast<qint64>(m_unlikeness.size());
    const auto at = [this](qint64 y) { return std::min(m_unlikeness[static_cast<std::size_t>(y)], 2.0F); };
    double total = 0;
    for (qint64 y = 0; y < count; ++y) {
        total += at(y);
    }
    double before = 0;
    double least = 0;
    qint64 split = 0;
    for (qint64 rows = 1; rows + leastRows <= count; ++rows) {
        before += at(rows - 1);
        if (rows < leastRows) {
            continue;
        }
        const double upper = before / double(rows);
        const double lower = (total - before) / double(count - rows);
        const double surprise = double(rows) * std::log(upper) + double(count - rows) * std::log(lower);
        if (lower > 1.25 * upper && (split == 0 || surprise < least)) {
            least = surprise;
            split = rows;
        }
    }
    if (split == 0) {
        return;
    }
    // The steepest rise nearby is the difference between the last row and the bytes after it.
    qint64 steepest = std::max<qint64>(leastRows, split - 4);
    for (qint64 y = steepest; y <= std::min(count - 1, split + 3); ++y) {
        const auto rise = [&](qint64 row) {
            return m_differences[static_cast<std::size_t>(row)] -
                   m_differences[static_cast<std::size_t>(row - 1)];
        };
        steepest = rise(y) > rise(steepest) ? y : steepest;
    }
    m_break = breaksOffAt(steepest + 1) ? steepest + 1 : 0;
}

bool PictureEnds::breaksOffAt(qint64 rows) const
{
    constexpr qint64 looked = 24;
    const qint64 all = (static_cast<qint64>(m_sample.content().size()) - m_offset) / m_stride;
    if (rows < looked || rows + 2 * looked > all || m_stride < 2 * pieceBytes) {
        return false;
    }
    const auto likeness = [&](qint64 first, qint64 last, qint64 distance) {
        // Bytes that hardly change, such as the exponents of floats, tell nothing.
        return (difference(first, last, distance) + 0.3F) / (difference(first, last, elsewhere()) + 0.3F);
    };
    const float above = likeness(rows - 1 - looked, rows - 1, m_stride);
    const float below = likeness(rows, rows + looked, m_stride);
    if (above > 0.85F || below < 0.6F || below < 1.3F * above) {
        return false; // these rows have more detail, but continue the picture
    }
    // Rows of grass hardly resemble the next row either. The remains of another picture have a different row
    // length, which does not explain the rows above. If one length explains both parts, they are one picture.
    bool found = false;
    for (const qint64 other : m_otherStrides) {
        if (other == m_stride || likeness(rows, rows + looked, other) >= 0.75F * below) {
            continue;
        }
        const float otherAbove = likeness(rows - 1 - looked, rows - 1, other);
        if (otherAbove <= 1.15F * above) {
            return false;
        }
        found = found || otherAbove > 1.3F * above;
    }
    return found;
}

std::vector<qint64> PictureEnds::likelyRows() const
{
    std::vector<qint64> found;
    const qint64 bytes = m_sample.segmentBytes - m_offset;
    const auto add = [&](qint64 rows) {
        if (rows > 0 && (rows - 1) * m_stride < bytes &&
            std::find(found.begin(), found.end(), rows) == found.end()) {
            found.push_back(rows);
        }
    };
    if (bytes % m_stride == 0) {
        add(bytes / m_stride);
    } else {
        add(bytes / m_stride + 1); // the last row without its padding
        add(bytes / m_stride);
    }
    if (m_sample.segmentBytes % pageBytes == 0) {
        for (qint64 rows = bytes / m_stride, i = 0; i < 6 && rows > 0; ++i, --rows) {
            if (bytes - rows * m_stride < pageBytes) {
                add(rows);
            }
        }
    }
    const qint64 content = std::max<qint64>(m_sample.contentEnd - m_offset, 0);
    add((content + m_stride - 1) / m_stride);
    add(m_break);
    return found;
}

bool PictureEnds::isEdge(qint64 rows) const
{
    // The difference between the last row and what follows stands out from the differences around it.
    const auto count = static_cast<qint64>(m_differences.size());
    const qint64 edge = rows - 1;
    if (edge < leastRows || edge + leastRows >= count) {
        return false;
    }
    float around = 0;
    for (qint64 y = edge - leastRows; y < edge; ++y) {
        around = std::max(around, m_differences[static_cast<std::size_t>(y)]);
    }
    return m_differences[static_cast<std::size_t>(edge)] > 1.6F * around + 2;
}

PictureEnd PictureEnds::judge(qint64 rows, qint64 used) const
{
    const qint64 segment = m_sample.segmentBytes;
    const qint64 begin = m_offset + (rows - 1) * m_stride; // start of the last row
    const qint64 whole = begin + m_stride;
    const qint64 end = begin + used;
    const double blank = // fraction of the rows that would be zeros
        std::max(0.0, double(begin - m_sample.contentEnd) / double(std::max<qint64>(whole - m_offset, 1)));
    // The row where an older picture begins is not always clear, so a common height nearby is likelier.
    const qint64 fromBreak = m_break > 0 ? rows - m_break : -rows;
    const double broken = m_break > 0 && fromBreak > mostFromBreak ? 5 : 0;
    const double wasted = std::max(0.0, double(segment - whole) / double(segment));
    const double blankRow = blank > 0 ? 0.4 : 0;
    if (end == segment || whole == segment) {
        return {EndSign::FillsSegment, 9 * blank + broken};
    }
    const bool zerosFollow = m_sample.contentEnd <= end;
    if (whole < segment && roundedUp(whole, pageBytes) == segment) {
        return {EndSign::FillsPages,
                zerosFollow ? 0.3 + 20 * wasted + 9 * blank + blankRow + broken : 1.5 + broken};
    }
    if (zerosFollow) {
        // Hardly any picture's last pixel is black, so the picture ends where the content ends.
        const double notAtTheEnd = end - m_sample.contentEnd < 4 ? 0 : 1;
        return blank == 0 ? PictureEnd{EndSign::ContentEnds, 0.3 + notAtTheEnd + broken}
                          : PictureEnd{EndSign::BlankBelow, 1.5 + 9 * blank};
    }
    if (std::abs(fromBreak) <= mostFromBreak) {
        return {EndSign::RowsBreakOff, 0.3 + 0.3 * double(std::abs(fromBreak))};
    }
    if (breaksOffAt(rows)) {
        return {EndSign::RowsBreakOff, 0.3};
    }
    if (isEdge(rows)) {
        return {EndSign::RowsBreakOff, 2 + broken};
    }
    // The bytes after the copied ones are unknown.
    const bool seen = whole + m_stride <= static_cast<qint64>(m_sample.front.size());
    return {EndSign::ContinuesBelow, (seen ? 3.5 : 3.2) + broken};
}

} // namespace shmpix
