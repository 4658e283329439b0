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
    pid_t process = 0;            ///< 0 when it does not say
    quint64 processNamespace = 0; ///< in which the owner has that number; 0 when it does not say
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
///
/// Where something that is no file of ours stands in its place, in a folder where nobody else can replace
/// what we make, the record has the next hidden name. So whoever takes an address looks at all of them.
class OwnerRecord
{
public:
    /// Takes the record of the address. Fails with InUse, naming the process and when it started, while
    /// another owner lives; with NotPermitted, naming the file and its user, where others have taken the
    /// names.
    [[nodiscard]] static Result<OwnerRecord> acquire(const SegmentAddress& address);

    /// Takes the record that is the file of that path, only if there is one and its owner is dead. Nothing
    /// when not.
    [[nodiscard]] static std::optional<OwnerRecord> takeFromDead(const QByteArray& path);

    OwnerRecord(OwnerRecord&&) noexcept = default;
    OwnerRecord& operator=(OwnerRecord&&) noexcept = default;
    ~OwnerRecord() = default;

    /// Whether the name still leads to this record. If not, somebody has removed it, and another owner may
    /// have come: nothing but our own files is ours to remove then.
    [[nodiscard]] bool isNamed() const;

    /// Whether that file is listed: now by us, or before by the owner whose record we took over.
    [[nodiscard]] bool lists(const FileId& file) const;

    /// Replaces the list. What is listed before a segment gets its name is recognised after a crash at any
    /// point.
    [[nodiscard]] Result<void> write(const std::vector<FileId>& files);

    /// Removes the record from the folder, if the name still leads to it.
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
