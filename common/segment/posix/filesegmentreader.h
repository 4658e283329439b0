#pragma once

#include "common/base/bytesource.h"
#include "common/base/linux/filedescriptor.h"
#include "common/segment/segmentaddress.h"

#include <chrono>
#include <memory>

namespace shmpix {

/// Reads a POSIX segment or a mapped file with pread(), which copies in one call and returns a short count
/// where a mapping would raise SIGBUS if the owner truncates the file. Opens it read-only, never through a
/// link, and never blocks as opening a FIFO would. Follows the opened file, not the name: a picture that is
/// replaced during reading stays the old one.
class FileSegmentReader final : public ByteSource
{
public:
    /// Waits at most that long while the file is being filled. Fails like openSegmentFile().
    [[nodiscard]] static Result<std::unique_ptr<FileSegmentReader>> open(const SegmentAddress& address,
                                                                         std::chrono::milliseconds patience);

    /// Opens a file by its path without leaving a trace: does not wait for a file that is being exchanged,
    /// and opens only files whose access time it need not change (O_NOATIME), which are those of the same
    /// user.
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
