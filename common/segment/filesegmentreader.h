#pragma once

#include "common/base/bytesource.h"
#include "common/segment/filedescriptor.h"
#include "common/segment/segmentaddress.h"

#include <chrono>
#include <memory>

namespace shmpix {

/// Reads a POSIX segment or a mapped file with pread(): one call that copies and that, when the owner
/// truncates the file meanwhile, comes back short where a mapping would raise SIGBUS. Opened read-only, never
/// through a link, and never waiting as opening a FIFO would. Follows the file it opened, not the name: a
/// picture that is replaced while we read stays the old one.
class FileSegmentReader final : public ByteSource
{
public:
    /// Waits that long, at most, while the file is being filled. Fails as openSegmentFile() does.
    [[nodiscard]] static Result<std::unique_ptr<FileSegmentReader>> open(const SegmentAddress& address,
                                                                         std::chrono::milliseconds patience);

    /// Opens a file by its path so that it cannot be noticed: without waiting for one that is being
    /// exchanged, and only where that does not count as reading (O_NOATIME), which is one's own files.
    [[nodiscard]] static Result<std::unique_ptr<FileSegmentReader>> openUnnoticed(const QByteArray& path);

    [[nodiscard]] qint64 size() const override { return m_size; }
    [[nodiscard]] Result<void> read(qint64 offset, std::span<std::byte> out) override;

private:
    FileSegmentReader(FileDescriptor fd, qint64 size)
        : m_fd(std::move(fd))
        , m_size(size)
    {
    }

    FileDescriptor m_fd;
    qint64 m_size;
};

} // namespace shmpix
