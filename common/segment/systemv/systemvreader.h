#pragma once

#include "common/base/bytesource.h"
#include "common/segment/readoptions.h"
#include "common/segment/segmentaddress.h"
#include "common/segment/systemv/systemvlock.h"

namespace shmpix {

/// Reads System V memory, read-only and under the lock of Qt peers. Does not use QSharedMemory, which waits
/// for the lock without limit in attach(), destroys the segment when it is the last to detach, and from 6.6
/// on may remove the key file of a living sender. System V memory cannot be truncated, so copying needs no
/// guard.
class SystemVReader final : public ByteSource
{
public:
    [[nodiscard]] static Result<std::unique_ptr<SystemVReader>> open(const SegmentAddress& address,
                                                                     const ReadOptions& options);
    ~SystemVReader() override;

    [[nodiscard]] qint64 size() const override { return static_cast<qint64>(m_bytes.size()); }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override;
    void finish() override { m_lock = SystemVLock(); }

private:
    SystemVReader(SystemVLock lock, std::span<const std::byte> bytes)
        : m_lock(std::move(lock))
        , m_bytes(bytes)
    {
    }

    SystemVLock m_lock;
    std::span<const std::byte> m_bytes;
};

} // namespace shmpix
