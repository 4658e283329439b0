#include "common/protocol/guess/segmentsample.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace shmpix {

namespace {

constexpr qint64 pieceBytes = qint64{1} << 20;
constexpr qint64 mostSearched = SegmentSample::maximumFront; ///< the longest stretch to search byte by byte

/// The samples that are taken of a longer stretch.
constexpr qint64 samples = 1024;
constexpr qint64 sampleBytes = 4096;

/// Returns one past the last byte that is not 0.
qint64 endOfContent(std::span<const unsigned char> bytes)
{
    constexpr std::size_t step = 4096;
    static constexpr unsigned char zeros[step] = {};
    std::size_t end = bytes.size();
    while (end >= step && std::memcmp(bytes.data() + end - step, zeros, step) == 0) {
        end -= step;
    }
    while (end > 0 && bytes[end - 1] == 0) {
        --end;
    }
    return static_cast<qint64>(end);
}

/// Finds the end of a stretch's content by narrowing it down.
class ContentEnd
{
public:
    explicit ContentEnd(ByteSource& source)
        : m_source(source)
    {
    }

    /// Returns one past the last byte in [begin, end) that is not 0, or `begin` if there is none.
    [[nodiscard]] Result<qint64> in(qint64 begin, qint64 end)
    {
        while (end - begin > mostSearched) {
            const qint64 step = (end - begin + samples - 1) / samples;
            const auto last = lastSampleWithContent(begin, end, step);
            if (!last) {
                return last.error();
            }
            begin = last->value_or(begin);
            end = std::min(end, begin + step); // start of the next sample, which has no content
        }
        return search(begin, end);
    }

private:
    /// Returns where the last sample with content begins, or nothing if no sample has any.
    [[nodiscard]] Result<std::optional<qint64>> lastSampleWithContent(qint64 begin, qint64 end, qint64 step)
    {
        for (qint64 at = begin + (end - 1 - begin) / step * step; at >= begin; at -= step) {
            auto found = contentOf(at, std::min(at + sampleBytes, end));
            if (!found) {
                return found.error();
            }
            if (*found > 0) {
                return std::optional(at);
            }
        }
        return std::optional<qint64>();
    }

    /// Searches backwards, because mostly zeros follow a picture, and the bytes before them do not matter.
    [[nodiscard]] Result<qint64> search(qint64 begin, qint64 end)
    {
        while (end > begin) {
            const qint64 from = std::max(end - pieceBytes, begin);
            auto found = contentOf(from, end);
            if (!found) {
                return found.error();
            }
            if (*found > 0) {
                return from + *found;
            }
            end = from;
        }
        return begin;
    }

    [[nodiscard]] Result<qint64> contentOf(qint64 begin, qint64 end)
    {
        m_piece.resize(static_cast<std::size_t>(end - begin));
        if (auto read = m_source.read(begin, std::as_writable_bytes(std::span(m_piece))); !read) {
            return read.error();
        }
        return endOfContent(m_piece);
    }

    ByteSource& m_source;
    std::vector<unsigned char> m_piece;
};

} // namespace

std::span<const unsigned char> SegmentSample::content() const
{
    return std::span(front).first(
        static_cast<std::size_t>(std::min(static_cast<qint64>(front.size()), contentEnd)));
}

Result<SegmentSample> takeSegmentSample(ByteSource& source)
{
    SegmentSample sample;
    sample.segmentBytes = source.size();
    sample.front.resize(static_cast<std::size_t>(std::min(source.size(), SegmentSample::maximumFront)));
    if (auto read = source.read(0, std::as_writable_bytes(std::span(sample.front))); !read) {
        return read.error();
    }
    const auto frontBytes = static_cast<qint64>(sample.front.size());
    const auto end = ContentEnd(source).in(frontBytes, sample.segmentBytes);
    if (!end) {
        return end.error();
    }
    sample.contentEnd = *end > frontBytes ? *end : endOfContent(sample.front);
    return sample;
}

} // namespace shmpix
