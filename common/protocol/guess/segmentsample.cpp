#include "common/protocol/guess/segmentsample.h"

#include <algorithm>
#include <cstring>

namespace shmpix {

namespace {

constexpr qint64 pieceBytes = qint64{1} << 20;

/// One past the last byte that is not 0.
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
    // Backwards from the end: what follows a picture is mostly zeros, and what is before them does not
    // matter.
    std::vector<unsigned char> piece;
    for (qint64 end = sample.segmentBytes; end > static_cast<qint64>(sample.front.size());) {
        const qint64 begin = std::max(end - pieceBytes, static_cast<qint64>(sample.front.size()));
        piece.resize(static_cast<std::size_t>(end - begin));
        if (auto read = source.read(begin, std::as_writable_bytes(std::span(piece))); !read) {
            return read.error();
        }
        if (const qint64 found = endOfContent(piece); found > 0) {
            sample.contentEnd = begin + found;
            return sample;
        }
        end = begin;
    }
    sample.contentEnd = endOfContent(sample.front);
    return sample;
}

} // namespace shmpix
