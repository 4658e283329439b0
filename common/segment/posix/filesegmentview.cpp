#include "common/segment/posix/filesegmentview.h"

#include "common/base/quantitytext.h"

#include <QCoreApplication>

#include <cerrno>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FileSegmentView)
};

} // namespace

Result<std::unique_ptr<FileSegmentView>> FileSegmentView::open(const SegmentAddress& address)
{
    auto file = openSegmentFile(address);
    if (!file) {
        return file.error();
    }
    const qint64 bytes = file->status.bytes;
    if (bytes == 0) {
        return Error{ErrorCode::NotFound,
                     Text::tr("%1 is empty: its sender has not filled it yet. Wait, or restart the sender.")
                         .arg(address.toString())};
    }
    constexpr qint64 most = qint64{1} << 40; // more than any real memory, less than the address space
    if (bytes > most) {
        return Error{
            ErrorCode::BadData,
            Text::tr("%1 claims a size of %2, more than any memory. Check the key, or restart its sender.")
                .arg(address.toString(), bytesText(bytes))};
    }
    MappedRegion map(file->fd.get(), std::size_t(bytes), MappedRegion::Access::Read);
    if (!map.isMapped()) {
        return Error{ErrorCode::NoSpace,
                     Text::tr("%1 (%2) cannot be mapped into memory: %3. Close other programs.")
                         .arg(address.toString(), bytesText(bytes), systemMessage(errno))};
    }
    return std::unique_ptr<FileSegmentView>(
        new FileSegmentView(SegmentPath(address).file, std::move(*file), std::move(map)));
}

bool FileSegmentView::isCut() const
{
    // A cut within a page raises no signal and reads as zeros; only the file's size shows it.
    const auto status = m_map.isCut() ? std::nullopt : statusOf(m_file.fd.get());
    return !status || status->bytes < m_file.status.bytes;
}

bool FileSegmentView::isCurrent() const
{
    const auto named = statusOfTarget(m_path); // links are followed as at opening
    return named && named->id == m_file.status.id;
}

} // namespace shmpix
