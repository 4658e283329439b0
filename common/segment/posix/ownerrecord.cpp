#include "common/segment/posix/ownerrecord.h"

#include "common/base/limiterror.h"
#include "common/segment/posix/hiddenfiles.h"
#include "common/segment/posix/ownerlife.h"
#include "common/segment/posix/processinfo.h"
#include "common/segment/segmenterrors.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(OwnerRecord)
};

constexpr int mostBytes = 512;     // the text below is much shorter
constexpr int mostAttempts = 1000; // repeated because another owner came and went

/// The text in the file: "pid N", a line "namespace N" where that is known, and a line "DEVICE INODE BORN"
/// for each segment. Lines that say something else are passed over.
QByteArray readText(int fd)
{
    QByteArray text(mostBytes, Qt::Uninitialized);
    const ssize_t count = ::pread(fd, text.data(), mostBytes, 0);
    text.truncate(std::max<ssize_t>(0, count));
    return text;
}

pid_t ownerIn(const QByteArray& text)
{
    return text.startsWith("pid ") ? text.mid(4, text.indexOf('\n') - 4).toInt() : 0;
}

quint64 namespaceIn(const QByteArray& text)
{
    const QByteArray word = "\nnamespace ";
    const qsizetype at = text.indexOf(word);
    const qsizetype number = at + word.size();
    return at < 0 ? 0 : text.mid(number, text.indexOf('\n', number) - number).toULongLong();
}

std::vector<FileId> filesIn(const QByteArray& text)
{
    std::vector<FileId> files;
    const QList<QByteArray> lines = text.split('\n');
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const QList<QByteArray> numbers = lines[i].split(' ');
        if (numbers.size() == 3) {
            files.push_back({numbers[0].toULongLong(), numbers[1].toULongLong(), numbers[2].toLongLong()});
        }
    }
    return files;
}

OwnerNote noteIn(const QByteArray& text)
{
    return {ownerIn(text), namespaceIn(text), filesIn(text)};
}

bool isOwn(const FileStatus& status)
{
    return S_ISREG(status.mode) && status.user == ::geteuid();
}

/// Zero if we now have the lock, EWOULDBLOCK if another process has it, or another errno value.
int lock(int fd)
{
    return ::flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
}

Error notWritten(int errorNumber, const QByteArray& path)
{
    const QString failure = Text::tr("The file %1 cannot be written").arg(QFile::decodeName(path));
    if (auto limit = limitError(errorNumber, failure, mostBytes)) {
        return *limit;
    }
    if (errorNumber == ENOSPC || errorNumber == EDQUOT) {
        return {ErrorCode::NoSpace,
                Text::tr("%1: %2. Free some space there.").arg(failure, systemMessage(errorNumber))};
    }
    return {ErrorCode::System,
            Text::tr("%1: %2. Choose another place.").arg(failure, systemMessage(errorNumber))};
}

} // namespace

bool OwnerNote::lists(const FileId& file) const
{
    return std::find(files.begin(), files.end(), file) != files.end();
}

std::optional<OwnerNote> readOwnerNote(const QByteArray& path)
{
    const FileDescriptor fd(
        ::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOATIME));
    const auto opened = fd.isOpen() ? statusOf(fd.get()) : std::nullopt;
    if (!opened || !S_ISREG(opened->mode)) {
        return std::nullopt;
    }
    return noteIn(readText(fd.get()));
}

/// Examines the name of a record. Does not follow links or block: only a file of ours is opened.
struct OwnerRecord::Look
{
    enum class Found { Nothing, Foreign, Living, Dead, Changing, Unreadable, Unlockable };

    Found found = Found::Nothing;
    std::optional<OwnerRecord> record = {}; ///< a dead owner's record, now ours
    QString owner = {};                     ///< a living owner, as described by describeOwner()
    int failed = 0;                         ///< errno if it cannot be determined
};

OwnerRecord::Look OwnerRecord::look(const QByteArray& path)
{
    using Found = Look::Found;
    const auto before = statusOf(path);
    if (!before) {
        return errno == ENOENT ? Look{Found::Nothing} : Look{Found::Unreadable, {}, {}, errno};
    }
    if (!isOwn(*before)) {
        return {Found::Foreign};
    }
    FileDescriptor fd(::open(path.constData(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    const auto opened = fd.isOpen() ? statusOf(fd.get()) : std::nullopt;
    if (!opened) {
        const int failed = errno;
        const bool hasChanged = failed == ENOENT || failed == ELOOP || failed == ENXIO || failed == EINTR;
        return hasChanged ? Look{Found::Changing} : Look{Found::Unreadable, {}, {}, failed};
    }
    if (!isOwn(*opened)) {
        return {Found::Changing};
    }
    const int failed = lock(fd.get());
    if (failed != 0 && failed != EWOULDBLOCK) {
        return {Found::Unlockable, {}, {}, failed};
    }
    OwnerNote note = noteIn(readText(fd.get()));
    if (failed != 0) {
        return {Found::Living, {}, OwnerLives().describe(opened->id, note)};
    }
    // The last owner may have removed the file between our open() and flock(), and another may have come.
    if (const auto named = statusOf(path); !named || !(named->id == opened->id)) {
        return {Found::Changing};
    }
    return {Found::Dead, OwnerRecord(std::move(fd), path, opened->id, std::move(note.files))};
}

std::optional<OwnerRecord> OwnerRecord::takeFromDead(const QByteArray& path)
{
    return look(path).record;
}

/// The error that keeps us from sharing in that situation; nothing if we may share.
std::optional<Error> OwnerRecord::refusal(const Look& seen, const QByteArray& path,
                                          const SegmentAddress& address)
{
    const QString folder = QFile::decodeName(SegmentPath(address).folder);
    switch (seen.found) {
    case Look::Found::Living:
        return inUse(address, seen.owner);
    case Look::Found::Changing:
        return blockedBy(path, address);
    case Look::Found::Unlockable:
        return cannotLock(seen.failed, address, folder);
    case Look::Found::Unreadable:
        // A file of ours that we cannot open has lost its permissions.
        return seen.failed == EACCES && ownFile(path) ? blockedBy(path, address)
                                                      : cannotShare(seen.failed, address, folder);
    case Look::Found::Nothing:
    case Look::Found::Foreign:
    case Look::Found::Dead:
        break;
    }
    return std::nullopt;
}

/// Takes over every record of the address that a dead owner left, besides our own. Fails with InUse if one of
/// the owners is alive, and otherwise if that cannot be determined.
Result<std::vector<OwnerRecord>> OwnerRecord::takeAll(const SegmentAddress& address, const OwnerRecord* own)
{
    std::vector<OwnerRecord> taken;
    for (const QByteArray& stem : hiddenStems(SegmentPath(address))) {
        const QByteArray path = recordOf(stem);
        if (own != nullptr && own->m_path == path) {
            continue;
        }
        Look seen = look(path);
        for (int i = 0; i < mostAttempts && seen.found == Look::Found::Changing; ++i) {
            seen = look(path);
        }
        if (auto refused = refusal(seen, path, address)) {
            return *refused;
        }
        if (seen.record) {
            taken.push_back(std::move(*seen.record));
        }
    }
    return taken;
}

/// Creates a record under the first free name. Nothing if another owner came first.
Result<std::optional<OwnerRecord>> OwnerRecord::make(const SegmentAddress& address)
{
    const SegmentPath segment(address);
    const HiddenStems stems = hiddenStems(segment);
    for (const QByteArray& stem : stems) {
        const QByteArray path = recordOf(stem);
        FileDescriptor fd(::open(path.constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!fd.isOpen() && errno != EEXIST) {
            return cannotShare(errno, address, QFile::decodeName(segment.folder));
        }
        const auto made = fd.isOpen() ? statusOf(fd.get()) : std::nullopt;
        if (made) {
            const int failed = lock(fd.get());
            OwnerRecord record(std::move(fd), path, made->id, {});
            if (failed != 0 && failed != EWOULDBLOCK) {
                record.remove();
                return cannotLock(failed, address, QFile::decodeName(segment.folder));
            }
            return failed == 0 && record.isNamed() ? std::optional(std::move(record)) : std::nullopt;
        }
        if (ownFile(path)) {
            return std::optional<OwnerRecord>();
        }
        if (!isSafeFolder(segment.folder)) {
            return blockedBy(path, address);
        }
    }
    return blockedBy(recordOf(stems.front()), address);
}

/// Merges all records into one. An owner that was killed while giving way to another may have left a second
/// record.
Result<OwnerRecord> OwnerRecord::merge(std::vector<OwnerRecord> records)
{
    OwnerRecord& first = records.front();
    std::vector<FileId> files;
    for (const OwnerRecord& record : records) {
        files.insert(files.end(), record.m_files.begin(), record.m_files.end());
    }
    if (auto written = first.write(files); !written) {
        if (first.m_files.empty()) {
            first.remove();
        }
        return written.error();
    }
    std::for_each(records.begin() + 1, records.end(), [](OwnerRecord& record) { record.remove(); });
    return std::move(first);
}

Result<OwnerRecord> OwnerRecord::acquire(const SegmentAddress& address)
{
    for (int i = 0; i < mostAttempts; ++i) {
        auto taken = takeAll(address, nullptr);
        if (!taken) {
            return taken.error();
        }
        if (!taken->empty()) {
            return merge(std::move(*taken));
        }
        auto made = make(address);
        if (!made) {
            return made.error();
        }
        if (!*made) {
            continue; // another owner came first and is alive or already gone
        }
        // Another owner may have taken another name meanwhile, because an obstacle is gone.
        auto others = takeAll(address, &**made);
        if (!others) {
            (*made)->remove();
            return others.error();
        }
        others->insert(others->begin(), std::move(**made));
        return merge(std::move(*others));
    }
    return blockedBy(recordOf(hiddenStems(SegmentPath(address)).front()), address);
}

bool OwnerRecord::isNamed() const
{
    const auto named = statusOf(m_path);
    return named && named->id == m_id;
}

bool OwnerRecord::lists(const FileId& file) const
{
    return std::find(m_files.begin(), m_files.end(), file) != m_files.end();
}

Result<void> OwnerRecord::write(const std::vector<FileId>& files)
{
    QByteArray text = "pid " + QByteArray::number(::getpid()) + '\n';
    if (const auto space = processNamespace()) {
        text += "namespace " + QByteArray::number(*space) + '\n';
    }
    std::vector<FileId> written; // complete lines only: half a number would refer to another file
    for (const FileId& file : files) {
        const QByteArray line = QByteArray::number(file.device) + ' ' + QByteArray::number(file.inode) + ' ' +
                                QByteArray::number(file.born) + '\n';
        if (text.size() + line.size() > mostBytes) {
            break;
        }
        text += line;
        written.push_back(file);
    }
    // A single call that covers longer old text with blank lines, so that a killed process leaves the old
    // text or the new one.
    text = text.leftJustified(mostBytes, '\n');
    errno = ENOSPC; // the meaning of a short write
    if (::pwrite(m_fd.get(), text.constData(), mostBytes, 0) != mostBytes) {
        return notWritten(errno, m_path);
    }
    m_files = std::move(written);
    return {};
}

void OwnerRecord::remove()
{
    removeIfSame(m_path, m_id);
}

} // namespace shmpix
