#pragma once

#include "common/base/bytesource.h"

namespace shmpix {

/// A byte source over memory that the caller keeps alive.
class MemorySource final : public ByteSource
{
public:
    explicit MemorySource(std::span<const std::byte> bytes)
        : m_bytes(bytes)
    {
    }

    [[nodiscard]] qint64 size() const override { return static_cast<qint64>(m_bytes.size()); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override;

private:
    std::span<const std::byte> m_bytes;
};

} // namespace shmpix
