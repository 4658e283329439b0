#include "common/segment/posix/filesegmentreader.h"

#include "common/base/limiterror.h"
#include "common/segment/posix/openedfile.h"

#include <QCoreApplication>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FileSegmentReader)
};

} // namespace

Result<std::unique_ptr<FileSegmentReader>> FileSegmentReader::open(const SegmentAddress& address,
                                                                   std::chrono::milliseconds patience)
{
    auto file = openSegmentFile(address, patience);
    if (!file) {
        return file.error();
    }
    return std::unique_ptr<FileSegmentReader>(new FileSegmentReader(std::move(file->fd), file->status.bytes));
}

Result<std::unique_ptr<FileSegmentReader>> FileSegmentReader::openUnnoticed(const QByteArray& path)
{
    FileDescriptor fd(::open(path.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOATIME));
    const int failed = fd.isOpen() ? 0 : errno;
    const auto status = fd.isOpen() ? statusOf(fd.get()) : std::nullopt;
    if (status && S_ISREG(status->mode)) {
        return std::unique_ptr<FileSegmentReader>(new FileSegmentReader(std::move(fd), status->bytes));
    }
    if (failed == EPERM) {
        return Error{ErrorCode::NotPermitted, Text::tr("The segment belongs to another user, and a preview "
                                                       "would leave a trace. Load it to see the picture.")};
    }
    if (failed == EACCES) {
        return Error{ErrorCode::NotPermitted,
                     Text::tr("The segment belongs to another user, who does not let you read it.")};
    }
    if (auto limit = limitError(failed, Text::tr("The segment cannot be opened"))) {
        return *limit;
    }
    const bool isElsewhere = failed == 0 || failed == ENOENT || failed == ENXIO || failed == ELOOP;
    if (!isElsewhere && failed != EWOULDBLOCK) {
        return Error{ErrorCode::System,
                     Text::tr("The segment cannot be opened: %1. Try again.").arg(systemMessage(failed))};
    }
    return Error{ErrorCode::NotFound, Text::tr("The segment was removed or is being replaced.")};
}

Result<void> FileSegmentReader::read(qint64 offset, std::span<std::byte> out)
{
    if (!isWithin(offset, static_cast<qint64>(out.size()), m_size)) {
        return Error{ErrorCode::BadData,
                     Text::tr("The segment ends before the picture does. Share the picture again.")};
    }
    while (!out.empty()) {
        const ssize_t count = ::pread(m_fd.get(), out.data(), out.size(), offset);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return Error{ErrorCode::System,
                         Text::tr("The segment cannot be read: %1. Try again.").arg(systemMessage(errno))};
        }
        if (count == 0) {
            return Error{ErrorCode::BadData,
                         Text::tr("The segment was truncated while it was being read. Load it again.")};
        }
        out = out.subspan(static_cast<std::size_t>(count));
        offset += count;
    }
    return {};
}

} // namespace shmpix
