#pragma once

#include "common/base/linux/filedescriptor.h"
#include "common/base/result.h"
#include "common/segment/posix/segmentpath.h"

#include <optional>
#include <vector>

namespace shmpix {

/// The content of an owner record.
struct OwnerNote
{
    pid_t process = 0;            ///< 0 if unknown
    quint64 processNamespace = 0; ///< in which the owner has that number; 0 if unknown
    std::vector<FileId> files;

    [[nodiscard]] bool lists(const FileId& file) const;
};

/// Reads the record at that path without leaving a trace: takes no lock and does not change the access time.
/// Nothing if it cannot be read that way.
[[nodiscard]] std::optional<OwnerNote> readOwnerNote(const QByteArray& path);

/// The hidden file next to a published segment that identifies its owner. Its lock lives exactly as long as
/// the owner, because the kernel releases it however the process ends. So a dead owner is distinguished from
/// a living one without process numbers, which may be reused. It lists the files that the owner has published
/// or is about to publish, so that a segment left by a dead owner is distinguished from one that another
/// program created.
///
/// If something other than our file blocks its name, in a folder where nobody else can replace our files, the
/// record uses the next hidden name. So a new owner of an address has to look at all of them.
class OwnerRecord
{
public:
    /// Takes the record of the address. Fails with InUse, naming the process and its start time, while
    /// another owner is alive; with NotPermitted, naming the file and its user, if others have blocked the
    /// names.
    [[nodiscard]] static Result<OwnerRecord> acquire(const SegmentAddress& address);

    /// Takes the record at that path if it exists and its owner is dead; otherwise nothing.
    [[nodiscard]] static std::optional<OwnerRecord> takeFromDead(const QByteArray& path);

    OwnerRecord(OwnerRecord&&) noexcept = default;
    OwnerRecord& operator=(OwnerRecord&&) noexcept = default;
    ~OwnerRecord() = default;

    /// Whether the name still refers to this record. If not, it was removed and there may be another owner,
    /// so that we may only remove our own files.
    [[nodiscard]] bool isNamed() const;

    /// Whether that file is listed by us, or was by the owner whose record we took over.
    [[nodiscard]] bool lists(const FileId& file) const;

    /// Replaces the list. A segment that is listed before it gets its name is recognized after a crash at any
    /// point.
    [[nodiscard]] Result<void> write(const std::vector<FileId>& files);

    /// Removes the record from the folder if the name still refers to it.
    void remove();

private:
    struct Look;

    OwnerRecord(FileDescriptor fd, QByteArray path, const FileId& id, std::vector<FileId> files)
        : m_fd(std::move(fd))
        , m_path(std::move(path))
        , m_id(id)
        , m_files(std::move(files))
    {
    }

    [[nodiscard]] static Look look(const QByteArray& path);
    [[nodiscard]] static std::optional<Error> refusal(const Look& seen, const QByteArray& path,
                                                      const SegmentAddress& address);
    [[nodiscard]] static Result<std::vector<OwnerRecord>> takeAll(const SegmentAddress& address,
                                                                  const OwnerRecord* own);
    [[nodiscard]] static Result<std::optional<OwnerRecord>> make(const SegmentAddress& address);
    [[nodiscard]] static Result<OwnerRecord> merge(std::vector<OwnerRecord> records);

    FileDescriptor m_fd;
    QByteArray m_path;
    FileId m_id;
    std::vector<FileId> m_files;
};

} // namespace shmpix
