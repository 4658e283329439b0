#include "common/listing/linux/systemvlist.h"

#include "common/segment/posix/processinfo.h"

#include <QCoreApplication>

#include <algorithm>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(SystemVList)
};

QString nameOf(const ListedSegment& segment)
{
    if (segment.address) {
        return segment.address->name();
    }
    if (segment.key == 0) {
        return Text::tr("System V memory %1, without a key").arg(segment.id);
    }
    return Text::tr("System V key 0x%1").arg(segment.key, 8, 16, QLatin1Char('0'));
}

bool isOfQt(const SegmentAddress& address)
{
    return address.scheme() == SegmentAddress::Scheme::Qt ||
           address.name().contains(QLatin1StringView("/qipc_sharedmemory_"));
}

ListedSegment describe(const SystemVRow& row, KeyFiles& files)
{
    ListedSegment segment;
    segment.kind = ListedSegment::Kind::SystemV;
    segment.key = row.isRemoved ? 0 : row.key;
    segment.id = row.id;
    // A writer has to attach first, but once attached, its writes are not visible.
    segment.version = QByteArray::number(row.id) + ' ' + QByteArray::number(row.changedAt) + ' ' +
                      QByteArray::number(row.attachedAt) + ' ' + QByteArray::number(row.detachedAt) + ' ' +
                      QByteArray::number(row.lastUser) + ' ' + QByteArray::number(row.bytesInMemory);
    segment.bytes = row.bytes;
    segment.bytesInMemory = row.bytesInMemory;
    segment.user = row.user;
    segment.userName = userName(row.user);
    segment.mode = row.mode;
    segment.attached = row.attached;
    segment.made = row.changedAt;
    if (row.maker > 0) { // 0: from another process namespace
        const auto maker = static_cast<pid_t>(row.maker);
        const auto isAlive = ranAlready(maker, row.changedAt);
        segment.maker = !isAlive ? Liveness::Unknown : *isAlive ? Liveness::Alive : Liveness::Dead;
        segment.process = row.maker;
        segment.processName = isAlive.value_or(false) ? processName(maker) : QString();
    }
    nameAgain(segment, files);
    return segment;
}

} // namespace

void nameAgain(ListedSegment& segment, KeyFiles& files)
{
    if (segment.key != 0) {
        segment.address =
            files.addressOf(segment.key, segment.maker == Liveness::Alive ? segment.process : 0);
    }
    segment.name = nameOf(segment);
    segment.producer = segment.address && isOfQt(*segment.address) ? QStringLiteral("Qt") : QString();
}

std::vector<ListedSegment> listSystemVSegments(const std::vector<SystemVRow>& rows, KeyFiles& files)
{
    std::vector<ListedSegment> segments;
    segments.reserve(rows.size());
    for (const SystemVRow& row : rows) {
        segments.push_back(describe(row, files));
    }
    std::sort(segments.begin(), segments.end(),
              [](const ListedSegment& a, const ListedSegment& b) { return a.id < b.id; });
    return segments;
}

} // namespace shmpix
