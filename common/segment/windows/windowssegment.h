#pragma once

#include "common/segment/segment.h"

#include <QSharedMemory>

#include <memory>

namespace shmpix {

/// Reads a Windows file mapping by its native name, with QSharedMemory. Its size is rounded up to whole
/// pages.
class WindowsSegmentReader final : public ByteSource
{
public:
    [[nodiscard]] static Result<std::unique_ptr<WindowsSegmentReader>> open(const SegmentAddress& address);

    [[nodiscard]] qint64 size() const override { return m_memory->size(); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override;

private:
    explicit WindowsSegmentReader(std::unique_ptr<QSharedMemory> memory)
        : m_memory(std::move(memory))
    {
    }

    std::unique_ptr<QSharedMemory> m_memory;
};

/// Publishes to a Windows file mapping, which exists as long as a program has it open. Python and C# do not
/// lock, so a reader may see a picture while it is being replaced.
class WindowsSegmentWriter final : public SegmentWriter
{
public:
    explicit WindowsSegmentWriter(const SegmentAddress& address)
        : m_address(address)
    {
    }

    [[nodiscard]] Result<std::span<std::byte>> reserve(qint64 bytes) override;
    [[nodiscard]] Result<void> publish() override { return {}; }
    void keep() override {}
    [[nodiscard]] Replacement replacement() const override { return Replacement::MayMix; }

private:
    SegmentAddress m_address;
    std::unique_ptr<QSharedMemory> m_memory;
};

} // namespace shmpix
