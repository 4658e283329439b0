#pragma once

#include "common/base/result.h"
#include "common/segment/filedescriptor.h"
#include "common/segment/segmentpath.h"

#include <optional>
#include <vector>

namespace shmpix {

/// What an owner record says, whoever reads it.
struct OwnerNote
{
    pid_t process = 0; ///< 0 when it does not say
    std::vector<FileId> files;

    [[nodiscard]] bool lists(const FileId& file) const;
};

/// Reads the record of that path and leaves no trace: takes no lock, and does not count as reading. Nothing
/// when it cannot be read so.
[[nodiscard]] std::optional<OwnerNote> readOwnerNote(const QByteArray& path);

/// The hidden file beside a published segment that says whose it is. Its lock lives exactly as long as the
/// owner: the kernel drops it however the process ends, so a dead owner is told from a living one without any
/// number that could be given twice. It lists the files that the owner has published or is about to, so that
/// a segment that a dead owner left is told from one that somebody else made.
class OwnerRecord
{
public:
    /// Takes the record of the address. Fails with InUse, naming the process and when it started, while
    /// another owner lives.
    [[nodiscard]] static Result<OwnerRecord> acquire(const SegmentAddress& address);

    /// Takes the record that is the file of that path, only if there is one and its owner is dead. Nothing
    /// when not.
    [[nodiscard]] static std::optional<OwnerRecord> takeFromDead(const QByteArray& path);

    OwnerRecord(OwnerRecord&&) noexcept = default;
    OwnerRecord& operator=(OwnerRecord&&) noexcept = default;
    ~OwnerRecord() = default;

    /// Whether that file is listed: now by us, or before by the owner whose record we took over.
    [[nodiscard]] bool lists(const FileId& file) const;

    /// Replaces the list. What is listed before a segment gets its name is recognised after a crash at any
    /// point.
    [[nodiscard]] Result<void> write(const std::vector<FileId>& files);

    /// Removes the record from the folder.
    void remove();

private:
    OwnerRecord(FileDescriptor fd, QByteArray path, std::vector<FileId> files)
        : m_fd(std::move(fd))
        , m_path(std::move(path))
        , m_files(std::move(files))
    {
    }

    FileDescriptor m_fd;
    QByteArray m_path;
    std::vector<FileId> m_files;
};

} // namespace shmpix
