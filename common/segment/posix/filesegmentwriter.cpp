#include "common/segment/posix/filesegmentwriter.h"

#include "common/base/quantitytext.h"
#include "common/segment/posix/exchangednames.h"
#include "common/segment/posix/hiddenfiles.h"
#include "common/segment/posix/processinfo.h"
#include "common/segment/segmenterrors.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FileSegmentWriter)
};

} // namespace

FileSegmentWriter::FileSegmentWriter(const SegmentAddress& address, Existing existing,
                                     const AccessRights& access)
    : m_address(address)
    , m_path(address)
    , m_existing(existing)
    , m_access(access)
    , m_room(address)
{
}

FileSegmentWriter::~FileSegmentWriter()
{
    if (!m_record) {
        return;
    }
    if (m_published && !m_keep) {
        removeIfSame(m_path.file, m_published->id);
    }
    giveUpName();
}

Presence FileSegmentWriter::presence() const
{
    if (!m_published) {
        return Presence::There;
    }
    const auto named = statusOf(m_path.file);
    if (!named) {
        return Presence::Gone;
    }
    if (!(named->id == m_published->id)) {
        return Presence::Replaced;
    }
    return isCut() ? Presence::Cut : Presence::There;
}

bool FileSegmentWriter::isCut() const
{
    if (!m_published) {
        return false;
    }
    // A part that was cut off stays private, even if the file has grown again.
    const auto status = m_published->map.isCut() ? std::nullopt : statusOf(m_published->fd.get());
    return !status || status->bytes < static_cast<qint64>(m_published->map.bytes().size());
}

/// Releases the record for the next owner. It is kept if a segment that it lists is kept: one that is to
/// stay, or one that a dead owner left and we did not replace.
void FileSegmentWriter::giveUpName()
{
    dropSpare();
    removeLeftovers();
    if (const auto named = statusOf(m_path.file); !named || !isOurs(named->id)) {
        m_record->remove();
    }
    m_record.reset();
}

/// Removes the spare files that dead owners were filling when they died. If our record has lost its name,
/// they may belong to our successor and are kept.
void FileSegmentWriter::removeLeftovers() const
{
    if (!m_record->isNamed()) {
        return;
    }
    for (const QByteArray& stem : hiddenStems(m_path)) {
        const QByteArray spare = spareOf(stem);
        if (const auto left = ownFile(spare)) {
            removeIfSame(spare, left->id);
        }
    }
}

bool FileSegmentWriter::isOurs(const FileId& file) const
{
    if (m_published && m_published->id == file) {
        return true; // we have it open, so its number cannot have been reused
    }
    const bool numbersComeAgain = m_address.scheme() == SegmentAddress::Scheme::File && file.born == 0;
    return m_record->lists(file) && !numbersComeAgain;
}

Result<FileSegmentWriter::Name> FileSegmentWriter::nameState() const
{
    const auto status = statusOf(m_path.file);
    if (!status) {
        if (errno == ENOENT) {
            return Name::Free;
        }
        return openError(errno, m_address);
    }
    if (auto regular = checkRegular(*status, m_address); !regular) {
        return regular.error();
    }
    if (status->user != ::geteuid()) {
        return Error{ErrorCode::NotPermitted, Text::tr("%1 belongs to user %2, and Shmpix does not write to "
                                                       "another user's segment. Choose another key.")
                                                  .arg(m_address.toString(), userName(status->user))};
    }
    if (isOurs(status->id)) {
        return Name::Ours; // published by us or by a dead owner
    }
    if (m_existing == Existing::Replace) {
        return Name::Replaceable;
    }
    return Error{
        ErrorCode::NotOurs,
        Text::tr("%1 already exists (%2) and was not created by Shmpix. Replace it, or choose another key.")
            .arg(m_address.toString(), bytesText(status->bytes))};
}

Result<std::span<std::byte>> FileSegmentWriter::reserve(qint64 bytes)
{
    return takeName([&] { return prepareSpare(bytes); });
}

/// Uses a separate file: the kept file already has memory, most of which would not help here.
Result<std::span<std::byte>> FileSegmentWriter::reserveInParts(qint64 bytes)
{
    return takeName([&] { return prepareEmptySpare(bytes); });
}

template <class Prepare>
Result<std::span<std::byte>> FileSegmentWriter::takeName(const Prepare& prepare)
{
    if (!m_record || !m_record->isNamed()) { // it was removed and is created again
        auto record = OwnerRecord::acquire(m_address);
        if (!record) {
            return record.error();
        }
        m_record = std::move(*record);
        const auto listed = m_published ? m_record->write({m_published->id}) : Result<void>();
        if (!listed) {
            return listed.error();
        }
    }
    auto state = nameState();
    if (state) {
        if (auto prepared = prepare(); !prepared) {
            state = prepared.error();
        }
    }
    if (!state) {
        if (!m_published) {
            giveUpName();
        }
        return state.error();
    }
    return m_spare->map.bytes();
}

Result<void> FileSegmentWriter::reservePart(std::span<const std::byte> part)
{
    const bool isSpares = m_spare && m_spare->holds(part);
    const File& file = isSpares ? *m_spare : *m_published;
    if (auto reserved =
            m_room.reserve(file.fd.get(), part.data() - file.map.bytes().data(), qint64(part.size()));
        !reserved) {
        if (isSpares) {
            dropSpare();
        }
        if (!m_published) {
            giveUpName();
        }
        return reserved;
    }
    file.map.bringIn(part);
    return {};
}

Result<void> FileSegmentWriter::prepareSpare(qint64 bytes)
{
    if (m_spare && !(isStillNamed(*m_spare) && closeToOthers(*m_spare))) {
        dropSpare();
    }
    if (!m_spare) {
        auto created = createSpare();
        if (!created) {
            return created.error();
        }
        m_spare = std::move(*created);
    }
    if (auto resized = resize(*m_spare, bytes); !resized) {
        dropSpare();
        return resized;
    }
    return {};
}

Result<void> FileSegmentWriter::prepareEmptySpare(qint64 bytes)
{
    dropSpare();
    auto created = createSpare();
    if (!created) {
        return created.error();
    }
    m_spare = std::move(*created);
    m_spare->isInParts = true;
    auto extended = m_room.extend(m_spare->fd.get(), bytes);
    if (extended) {
        extended = map(*m_spare, bytes);
    }
    if (!extended) {
        dropSpare();
    }
    return extended;
}

Result<FileSegmentWriter::File> FileSegmentWriter::createSpare()
{
    removeLeftovers();
    const HiddenStems stems = hiddenStems(m_path);
    for (const QByteArray& stem : stems) {
        m_sparePath = spareOf(stem);
        File file;
        file.fd = FileDescriptor(
            ::open(m_sparePath.constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (const auto status = file.fd.isOpen() ? statusOf(file.fd.get()) : std::nullopt) {
            file.id = status->id;
            return file;
        }
        if (errno != EEXIST) {
            return cannotShare(errno, m_address, QFile::decodeName(m_path.folder));
        }
        if (!isSafeFolder(m_path.folder)) {
            break;
        }
    }
    return blockedBy(spareOf(stems.front()), m_address);
}

Result<void> FileSegmentWriter::resize(File& file, qint64 bytes) const
{
    // A peer may have changed the size while the file carried the name, and writing past its end would raise
    // SIGBUS.
    const auto status = statusOf(file.fd.get());
    const bool hasSize = status && status->bytes == bytes && !file.isInParts;
    if (hasSize && file.map.isMapped() && !file.map.isCut() &&
        static_cast<qint64>(file.map.bytes().size()) == bytes) {
        return {};
    }
    file.map = MappedRegion();
    if (auto filled = m_room.fill(file.fd.get(), bytes); !filled) {
        return filled;
    }
    file.isInParts = false;
    return map(file, bytes);
}

Result<void> FileSegmentWriter::map(File& file, qint64 bytes)
{
    file.map = MappedRegion(file.fd.get(), static_cast<std::size_t>(bytes), MappedRegion::Access::ReadWrite,
                            file.isInParts ? MappedRegion::Pages::OnDemand : MappedRegion::Pages::AtOnce);
    if (!file.map.isMapped()) {
        return Error{ErrorCode::NoSpace,
                     Text::tr("A segment of %1 cannot be mapped into memory: %2. Close other programs.")
                         .arg(bytesText(bytes), systemMessage(errno))};
    }
    return {};
}

/// Whether the spare file still has its name: another process may have removed or replaced it.
bool FileSegmentWriter::isStillNamed(const File& spare) const
{
    const auto named = statusOf(m_sparePath);
    return named && named->id == spare.id;
}

/// Makes every opener of the file wait until openToOthers(). False if it is already open elsewhere.
bool FileSegmentWriter::closeToOthers(const File& file)
{
#ifdef F_SETLEASE
    // The kernel grants a write lease only on a file that nobody else has open, and a mapping counts as open.
    // An opener then waits for the end of the lease, and we get a signal: by default SIGIO, which kills the
    // process, so we choose another one.
    return ::fcntl(file.fd.get(), F_SETSIG, SIGURG) == 0 && ::fcntl(file.fd.get(), F_SETLEASE, F_WRLCK) == 0;
#else
    Q_UNUSED(file)
    return false;
#endif
}

void FileSegmentWriter::openToOthers(const File& file)
{
#ifdef F_SETLEASE
    ::fcntl(file.fd.get(), F_SETLEASE, F_UNLCK);
#else
    Q_UNUSED(file)
#endif
}

/// The rights of the file that carries the name, or did until it was removed. Its user may have changed them.
AccessRights FileSegmentWriter::nextRights(Name state) const
{
    const bool isTakenOver = state == Name::Ours && m_access == AccessRights();
    const auto before = m_published   ? statusOf(m_published->fd.get())
                        : isTakenOver ? statusOf(m_path.file)
                                      : std::nullopt;
    return before ? AccessRights{(before->mode & 0777) | 0600, before->group} : m_access;
}

Error FileSegmentWriter::rightsNotGiven(int errorNumber) const
{
    const auto status = statusOf(m_spare->fd.get());
    if (m_access.group && status && status->group != *m_access.group) {
        return {ErrorCode::NotPermitted,
                Text::tr("The group of %1 cannot be set to %2: %3. Name another group, or leave out --group.")
                    .arg(m_address.toString(), groupName(*m_access.group), systemMessage(errorNumber))};
    }
    return {
        ErrorCode::NotPermitted,
        Text::tr(
            "The mode of %1 cannot be set to %2: %3. Leave out --mode and --group, or choose another place.")
            .arg(m_address.toString())
            .arg(m_access.bits(), 4, 8, QLatin1Char('0'))
            .arg(systemMessage(errorNumber))};
}

Result<void> FileSegmentWriter::publish()
{
    auto state = nameState();
    const bool hasRights = state && giveRights(m_spare->fd.get(), nextRights(*state));
    const int failedRights = errno;
    openToOthers(*m_spare); // it is complete
    if (!state) {
        return state.error();
    }
    const bool isAskedFor = m_access.mode || m_access.group;
    if (!hasRights && isAskedFor && !m_published) { // the programs that should have access would not have it
        return rightsNotGiven(failedRights);
    }
    std::vector<FileId> files = {m_spare->id};
    if (m_published) {
        files.push_back(m_published->id);
    } else if (const auto named = statusOf(m_path.file); *state == Name::Ours && named) {
        files.push_back(named->id); // a dead owner's file stays listed until it is replaced
    }
    if (auto written = m_record->write(files); !written) {
        return written;
    }
    const bool keepsOld = m_published && *state == Name::Ours;
    int failed = 0;
    if (*state == Name::Free) {
        failed = renameToFree(m_sparePath, m_path.file);
    } else if (!keepsOld || exchangeNames(m_sparePath, m_path.file) != 0) {
        failed = ::rename(m_sparePath.constData(), m_path.file.constData());
    }
    if (failed != 0) {
        return Error{
            errno == EEXIST ? ErrorCode::NotOurs : ErrorCode::System,
            Text::tr("The picture cannot be published under %1: %2. Share it again, or choose another key.")
                .arg(m_address.toString(), systemMessage(errno))};
    }
    std::swap(m_published, m_spare); // the spare has a name only after an exchange
    m_existing = Existing::Respect;  // the file to be replaced is gone
    return {};
}

void FileSegmentWriter::trim()
{
    dropSpare();
}

void FileSegmentWriter::dropSpare()
{
    if (m_spare) {
        removeIfSame(m_sparePath, m_spare->id);
        m_spare.reset();
    }
}

} // namespace shmpix
