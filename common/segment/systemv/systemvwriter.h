#pragma once

#include "common/segment/accessrights.h"
#include "common/segment/posix/segmentpath.h"
#include "common/segment/segmentaddress.h"
#include "common/segment/segmentwriter.h"
#include "common/segment/systemv/systemvlock.h"
#include "common/segment/systemv/systemvmemory.h"

#include <optional>

namespace shmpix {

/// Publishes to System V memory like a stock Qt peer. The peers' lock is held from reserve() to publish(), so
/// that a peer that locks sees the old or the new picture even if the segment is recreated with another size.
/// The lock is created here, also for native keys, which have had one since Qt 6.6. It uses the same key
/// file, which the creator of the lock, even a mere reader, removes on exit.
class SystemVWriter final : public SegmentWriter
{
public:
    explicit SystemVWriter(const SegmentAddress& address, const AccessRights& access = {});
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
    [[nodiscard]] static bool isOurs(const QString& keyFile, const std::optional<FileId>& used);
    [[nodiscard]] static std::optional<FileId> idOf(const QString& keyFile);
    void destroy();
    [[nodiscard]] AccessRights rights() const;

    SegmentAddress m_address;
    AccessRights m_access; ///< of the next segment: those of its predecessor
    QString m_segmentFile;
    QString m_semaphoreFile;
    std::optional<FileId> m_segmentFileId; ///< of the key files that we have used
    std::optional<FileId> m_semaphoreFileId;
    std::optional<int> m_madeLock;
    SystemVMemory m_memory;
    std::optional<SystemVLock> m_lock;
    int m_id = -1;
    bool m_keep = false;
};

} // namespace shmpix
