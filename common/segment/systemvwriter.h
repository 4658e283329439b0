#pragma once

#include "common/segment/segment.h"
#include "common/segment/systemvlock.h"

#include <QSharedMemory>

#include <memory>
#include <optional>

namespace shmpix {

/// Publishes into the memory of a QSharedMemory, for stock Qt peers. QSharedMemory gets the native key, with
/// which it takes no lock of its own; the peers' lock is held from reserve() to publish(), so that a peer
/// that locks sees the old picture or the new one also when the segment is made anew in another size.
class SystemVWriter final : public SegmentWriter
{
public:
    explicit SystemVWriter(const SegmentAddress& address);
    ~SystemVWriter() override;

    [[nodiscard]] Result<std::span<std::byte>> reserve(qint64 bytes) override;
    [[nodiscard]] Result<void> publish() override;
    void keep() override { m_keep = true; }
    [[nodiscard]] Replacement replacement() const override;

private:
    [[nodiscard]] Result<void> checkKeyFile() const;
    [[nodiscard]] Result<void> clearName();
    [[nodiscard]] Result<void> checkRoom(qint64 bytes) const;
    [[nodiscard]] Result<void> create(qint64 bytes);
    [[nodiscard]] int segmentId() const;
    [[nodiscard]] bool lockIsApart() const;
    void destroy();

    SegmentAddress m_address;
    QString m_segmentFile;
    QString m_semaphoreFile;
    bool m_madeLock = false;
    std::unique_ptr<QSharedMemory> m_memory;
    std::optional<SystemVLock> m_lock;
    int m_id = -1;
    bool m_keep = false;
};

} // namespace shmpix
