#pragma once

#include "common/segment/segment.h"
#include "common/segment/segmentpath.h"
#include "common/segment/systemvlock.h"
#include "common/segment/systemvmemory.h"

#include <optional>

namespace shmpix {

/// Publishes into System V memory as a stock Qt peer makes it. The peers' lock is held from reserve() to
/// publish(), so that a peer that locks sees the old picture or the new one also when the segment is made
/// anew in another size. It is made here, also for native keys, where Qt has had one since 6.6: of the same
/// key file, which whoever made the lock takes along when it goes, were it a reader that only looked in.
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
    AccessRights m_access; ///< of the next segment: those of the one before
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
