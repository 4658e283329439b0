#pragma once

#include "common/base/bytesource.h"
#include "common/base/timelimit.h"

#include <optional>

namespace shmpix {

/// Passes on another source's bytes until a time limit, and remembers why a read within them failed: the
/// segment was truncated, or the limit was over. A decoder would report that as bytes that are not a picture.
/// Fails with TimedOut within some milliseconds after the limit. The other source must outlive it.
class WatchedSource final : public ByteSource
{
public:
    WatchedSource(ByteSource& source, TimeLimit limit)
        : m_source(source)
        , m_limit(std::move(limit))
    {
    }

    [[nodiscard]] qint64 size() const override { return m_source.size(); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override;
    void finish() override { m_source.finish(); }

    /// Returns the cause if a reader failed with `error`.
    [[nodiscard]] Error causeOf(const Error& error) const { return m_failure.value_or(error); }

private:
    [[nodiscard]] Result<void> readInPieces(qint64 offset, std::span<std::byte> out);

    ByteSource& m_source;
    TimeLimit m_limit;
    std::optional<Error> m_failure;
};

} // namespace shmpix
