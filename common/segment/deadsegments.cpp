#include "common/segment/deadsegments.h"

#include "common/segment/foldernames.h"
#include "common/segment/heldlocks.h"
#include "common/segment/ownerrecord.h"
#include "common/segment/processinfo.h"

#include <map>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

namespace shmpix {

namespace {

const QByteArray recordEnding = QByteArrayLiteral(".owner");
const QByteArray spareEnding = QByteArrayLiteral(".spare");

using Part = DeadSegment::File::Part;

/// A regular file of ours of that path.
std::optional<FileStatus> ownFile(const QByteArray& path)
{
    const auto status = statusOf(path);
    const bool isOwn = status && S_ISREG(status->mode) && status->user == ::geteuid();
    return isOwn ? status : std::nullopt;
}

/// The names in a folder by the beginnings of their hidden files.
struct Names
{
    explicit Names(const QByteArray& folder)
    {
        const QByteArray ours = ".shmpix." + QByteArray::number(::getuid()) + '.';
        for (const QByteArray& name : namesIn(folder)) {
            if (!name.startsWith(ours)) {
                segments[hiddenName(name, ::getuid())] = name;
            } else if (name.endsWith(recordEnding) &&
                       name.size() == hiddenName("", ::getuid()).size() + recordEnding.size()) {
                hidden.insert(name.chopped(recordEnding.size()));
            }
        }
    }

    std::map<QByteArray, QByteArray> segments;
    std::set<QByteArray> hidden;
};

/// What there is under one name whose owner is dead.
DeadSegment describe(const QByteArray& hidden, const QByteArray& segment, const OwnerNote& note)
{
    DeadSegment dead;
    dead.userName = userName(::geteuid());
    dead.process = note.process;
    if (const auto file = segment.isEmpty() ? std::nullopt : ownFile(segment); file && note.lists(file->id)) {
        dead.files.push_back({Part::Segment, segment, file->bytes});
    }
    if (const auto spare = ownFile(hidden + spareEnding)) {
        dead.files.push_back({Part::Spare, hidden + spareEnding, spare->bytes});
    }
    if (const auto record = ownFile(hidden + recordEnding)) {
        dead.files.push_back({Part::Record, hidden + recordEnding, record->bytes});
        dead.written = record->written / 1'000'000'000;
    }
    return dead;
}

/// The record goes last: should we be killed, the next one still knows what the rest is.
void remove(DeadSegment& dead)
{
    dead.isRemoved = true;
    for (const DeadSegment::File& file : dead.files) {
        dead.isRemoved = ::unlink(file.path.constData()) == 0 && dead.isRemoved;
    }
}

} // namespace

std::vector<DeadSegment> cleanDeadSegments(const QByteArray& folder, Cleaning cleaning)
{
    std::vector<DeadSegment> found;
    const Names names(folder);
    const HeldLocks locks = HeldLocks::parse(procText(QStringLiteral("locks")));
    for (const QByteArray& name : names.hidden) {
        const QByteArray hidden = folder + '/' + name;
        const QByteArray recordPath = hidden + recordEnding;
        const auto status = ownFile(recordPath);
        const auto note = status ? readOwnerNote(recordPath) : std::nullopt;
        if (!note || locks.holder(status->id.device, status->id.inode)) {
            continue; // its owner lives
        }
        const auto segment = names.segments.find(name);
        const QByteArray segmentPath =
            segment == names.segments.end() ? QByteArray() : folder + '/' + segment->second;
        if (cleaning == Cleaning::DryRun) {
            found.push_back(describe(hidden, segmentPath, *note));
            continue;
        }
        // The list of locks does not have those of other process namespaces: only the lock itself is proof.
        if (const auto record = OwnerRecord::takeFromDead(recordPath)) {
            const auto now = readOwnerNote(recordPath);
            DeadSegment dead = describe(hidden, segmentPath, now.value_or(*note));
            remove(dead);
            found.push_back(std::move(dead));
        }
    }
    return found;
}

} // namespace shmpix
