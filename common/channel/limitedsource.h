#pragma once

#include "common/base/bytesource.h"

#include <QDeadlineTimer>

namespace shmpix {

/// Passes on another source's bytes up to a total number and a deadline, because a preview must not take
/// long, whatever the bytes contain. Fails with TimedOut beyond. The other source must outlive it.
class LimitedSource final : public ByteSource
{
public:
    LimitedSource(ByteSource& source, qint64 mostBytes, QDeadlineTimer deadline)
        : m_source(source)
        , m_left(mostBytes)
        , m_deadline(deadline)
    {
    }

    [[nodiscard]] qint64 size() const override { return m_source.size(); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override;
    void finish() override { m_source.finish(); }

private:
    ByteSource& m_source;
    qint64 m_left;
    QDeadlineTimer m_deadline;
};

} // namespace shmpix
