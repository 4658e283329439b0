#include "common/channel/watchedsource.h"

#include <QCoreApplication>

#include <algorithm>

namespace shmpix {

namespace {

/// The bytes that take a few milliseconds to read.
constexpr std::size_t pieceBytes = std::size_t{8} << 20;

} // namespace

Result<void> WatchedSource::readInPieces(qint64 offset, std::span<std::byte> out)
{
    do {
        if (m_limit.isOver()) {
            return Error{ErrorCode::TimedOut,
                         QCoreApplication::translate(
                             "WatchedSource",
                             "The segment could not be read within the time limit. Allow more time.")};
        }
        const std::span<std::byte> piece = out.first(std::min(out.size(), pieceBytes));
        if (auto read = m_source.read(offset, piece); !read) {
            return read;
        }
        out = out.subspan(piece.size());
        offset += static_cast<qint64>(piece.size());
    } while (!out.empty());
    return {};
}

Result<void> WatchedSource::read(qint64 offset, std::span<std::byte> out)
{
    if (!isWithin(offset, static_cast<qint64>(out.size()), size())) {
        return m_source.read(offset, out); // which reports the error in its own words
    }
    auto result = readInPieces(offset, out);
    if (!result) {
        m_failure = result.error();
    }
    return result;
}

} // namespace shmpix
