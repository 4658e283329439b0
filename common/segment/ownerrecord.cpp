#include "common/segment/ownerrecord.h"

#include "common/segment/processinfo.h"
#include "common/segment/segmenterrors.h"

#include <QCoreApplication>

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

constexpr int mostBytes = 512; // the text below is much shorter

/// The text in the file: "pid N" and then a line "DEVICE INODE BORN" for each segment.
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
    const QByteArray text = readText(fd.get());
    return OwnerNote{ownerIn(text), filesIn(text)};
}

std::optional<OwnerRecord> OwnerRecord::takeFromDead(const QByteArray& path)
{
    FileDescriptor fd(::open(path.constData(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    const auto opened = fd.isOpen() ? statusOf(fd.get()) : std::nullopt;
    if (!opened || !S_ISREG(opened->mode) || opened->user != ::geteuid() ||
        ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        return std::nullopt;
    }
    if (const auto named = statusOf(path); !named || !(named->id == opened->id)) {
        return std::nullopt; // its owner went and removed it, and another one may have come
    }
    auto files = filesIn(readText(fd.get()));
    return OwnerRecord(std::move(fd), path, std::move(files));
}

Result<OwnerRecord> OwnerRecord::acquire(const SegmentAddress& address)
{
    const QByteArray path = SegmentPath(address).record;
    for (;;) {
        FileDescriptor fd(
            ::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
        if (!fd.isOpen()) {
            if (errno == ENOENT) {
                return Error{ErrorCode::NotFound,
                             Text::tr("The folder of %1 does not exist. Make it first, or choose "
                                      "another place.")
                                 .arg(address.toString())};
            }
            return Error{errno == ENOSPC ? ErrorCode::NoSpace : ErrorCode::NotPermitted,
                         Text::tr("%1 cannot be shared: the file %2 cannot be written (%3).")
                             .arg(address.toString(), QString::fromLocal8Bit(path), systemMessage(errno))};
        }
        const auto opened = statusOf(fd.get());
        if (!opened || !S_ISREG(opened->mode) || opened->user != ::geteuid()) {
            return Error{
                ErrorCode::NotPermitted,
                Text::tr("%1 cannot be shared: %2 is not a file of yours. Remove it, or choose another key.")
                    .arg(address.toString(), QString::fromLocal8Bit(path))};
        }
        if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
            const pid_t owner = ownerIn(readText(fd.get()));
            return inUse(address, owner > 0 ? describeOwner(owner) : QString());
        }
        // The last owner may have removed the file between our open() and flock(): then another one has the
        // name.
        if (const auto named = statusOf(path); !named || !(named->id == opened->id)) {
            continue;
        }
        auto files = filesIn(readText(fd.get()));
        OwnerRecord record(std::move(fd), path, std::move(files));
        if (auto written = record.write(record.m_files); !written) {
            if (record.m_files.empty()) {
                record.remove();
            }
            return written.error();
        }
        return record;
    }
}

bool OwnerRecord::lists(const FileId& file) const
{
    return OwnerNote{0, m_files}.lists(file);
}

Result<void> OwnerRecord::write(const std::vector<FileId>& files)
{
    QByteArray text = "pid " + QByteArray::number(::getpid()) + '\n';
    for (const FileId& file : files) {
        text += QByteArray::number(file.device) + ' ' + QByteArray::number(file.inode) + ' ' +
                QByteArray::number(file.born) + '\n';
    }
    // One call, and blank lines over what was longer: whoever is killed leaves the old text or the new one.
    text = text.leftJustified(mostBytes, '\n', true);
    errno = ENOSPC; // what a write that comes back short means
    if (::pwrite(m_fd.get(), text.constData(), mostBytes, 0) != mostBytes) {
        return Error{errno == ENOSPC ? ErrorCode::NoSpace : ErrorCode::System,
                     Text::tr("The file %1 cannot be written: %2. Make room there.")
                         .arg(QString::fromLocal8Bit(m_path), systemMessage(errno))};
    }
    m_files = files;
    return {};
}

void OwnerRecord::remove()
{
    ::unlink(m_path.constData());
}

} // namespace shmpix
