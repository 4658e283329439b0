#include "common/listing/segmentlister.h"

#include "common/base/limiterror.h"
#include "common/listing/linux/borrowedmemory.h"
#include "common/listing/linux/keyfiles.h"
#include "common/listing/linux/mappingtable.h"
#include "common/listing/linux/posixlist.h"
#include "common/listing/linux/systemvlist.h"
#include "common/segment/posix/filesegmentreader.h"
#include "common/segment/posix/foldernames.h"
#include "common/segment/posix/processinfo.h"

#include <QCoreApplication>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SegmentLister)
};

} // namespace

QByteArray posixFolder()
{
    return QByteArrayLiteral("/dev/shm");
}

Result<void> checkListable(const QString& failure)
{
    if (namesIn(posixFolder())) {
        return {};
    }
    // Other failures mean that the system has no such folder.
    const auto limit = limitError(errno, failure);
    return limit ? *limit : Result<void>();
}

QString isolationText()
{
    return Text::tr(
        "Only the shared memory of this machine, and of this container or sandbox, is visible. A container "
        "has its own unless it was started with the host's (--ipc=host), a Flatpak needs --device=shm, and "
        "the system may remove a user's segments when the last session ends.");
}

struct SegmentLister::Parts
{
    QByteArray folder;
    KeyFiles keyFiles;
    std::optional<MappingTable> mappings; ///< nothing before lookCloser()

    void addUsers(ListedSegment& segment) const
    {
        if (procText(QStringLiteral("stat")).isEmpty()) {
            return; // without /proc no process is visible
        }
        const auto users = mappings->ofFile(segment.device, static_cast<quint64>(segment.id));
        segment.attached = processCount(users);
        // A living process uses the segment, whichever program created it. If a record names the creator, the
        // record counts.
        if (!users.empty() && segment.maker == Liveness::Unknown && !segment.isOurs) {
            segment.maker = Liveness::Alive;
            segment.process = users.front().process;
            segment.processName = processName(static_cast<pid_t>(segment.process));
        }
    }
};

SegmentLister::SegmentLister(QByteArray folder)
    : m_parts(std::make_unique<Parts>())
{
    m_parts->folder = std::move(folder);
}

SegmentLister::~SegmentLister() = default;

std::vector<ListedSegment> SegmentLister::list()
{
    auto segments = listPosixSegments(m_parts->folder);
    if (m_parts->mappings) {
        std::for_each(segments.begin(), segments.end(),
                      [this](ListedSegment& segment) { m_parts->addUsers(segment); });
    }
    m_parts->keyFiles.refresh();
    auto systemV =
        listSystemVSegments(parseSystemVTable(procText(QStringLiteral("sysvipc/shm"))), m_parts->keyFiles);
    segments.insert(segments.end(), std::make_move_iterator(systemV.begin()),
                    std::make_move_iterator(systemV.end()));
    return segments;
}

void SegmentLister::lookCloser(std::vector<ListedSegment>& segments)
{
    m_parts->mappings = MappingTable::ofAllProcesses(m_parts->folder);
    m_parts->keyFiles.searchFurther();
    for (ListedSegment& segment : segments) {
        if (segment.kind == ListedSegment::Kind::SystemV) {
            nameAgain(segment, m_parts->keyFiles);
        } else {
            m_parts->addUsers(segment);
        }
    }
}

Result<std::unique_ptr<ByteSource>> SegmentLister::open(const ListedSegment& segment) const
{
    if (segment.kind == ListedSegment::Kind::SystemV) {
        auto opened = BorrowedMemory::open(m_parts->mappings ? m_parts->mappings->ofSystemV(segment.id)
                                                             : std::vector<Mapping>(),
                                           segment.bytes);
        return opened ? Result<std::unique_ptr<ByteSource>>(std::move(*opened)) : opened.error();
    }
    auto opened = FileSegmentReader::openUnnoticed(segment.path);
    return opened ? Result<std::unique_ptr<ByteSource>>(std::move(*opened)) : opened.error();
}

} // namespace shmpix
