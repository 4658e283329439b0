#include "common/listing/deadsegments.h"

#include "common/segment/posix/foldernames.h"
#include "common/segment/posix/hiddenfiles.h"
#include "common/segment/posix/ownerlife.h"
#include "common/segment/posix/ownerrecord.h"
#include "common/segment/posix/processinfo.h"

#include <algorithm>
#include <map>

#include <sys/stat.h>
#include <unistd.h>

namespace shmpix {

namespace {

using Part = DeadSegment::File::Part;

/// The paths that may belong to one name in a folder.
struct Group
{
    QByteArray segment;
    std::vector<QByteArray> records; ///< our records
    std::vector<QByteArray> spares;
};

/// The names in the folder that have a record of ours next to them, by the first of their hidden names.
std::map<QByteArray, Group> groupsIn(const QByteArray& folder)
{
    const QByteArray recordEnding = recordOf({});
    const QByteArray spareEnding = spareOf({});
    std::map<QByteArray, Group> groups;
    const auto names = namesIn(folder);
    for (const QByteArray& name : names.value_or(std::vector<QByteArray>())) {
        const QByteArray path = folder + '/' + name;
        const bool isRecord = name.endsWith(recordEnding);
        const bool isHidden = isRecord || name.endsWith(spareEnding);
        const QByteArray stem =
            isHidden
                ? firstHiddenName(name.chopped((isRecord ? recordEnding : spareEnding).size()), ::geteuid())
                : QByteArray();
        if (stem.isEmpty()) {
            groups[hiddenName(name, ::geteuid())].segment = path;
        } else if (ownFile(path)) {
            (isRecord ? groups[stem].records : groups[stem].spares).push_back(path);
        }
    }
    std::erase_if(groups, [](const auto& group) { return group.second.records.empty(); });
    return groups;
}

/// Whether all owners of a group are dead, as far as can be told without their locks.
Liveness livenessOf(const Group& group, const OwnerLives& lives)
{
    Liveness liveness = Liveness::Dead;
    for (const QByteArray& path : group.records) {
        const auto record = statusOf(path);
        const auto one = record ? lives.of(record->id, readOwnerNote(path)).liveness : Liveness::Unknown;
        if (one == Liveness::Alive) {
            return Liveness::Alive;
        }
        liveness = one == Liveness::Unknown ? Liveness::Unknown : liveness;
    }
    return liveness;
}

/// The records of a group, taken over from dead owners. None if one of the owners is alive.
std::vector<OwnerRecord> takeRecords(const Group& group)
{
    std::vector<OwnerRecord> taken;
    for (const QByteArray& path : group.records) {
        auto record = OwnerRecord::takeFromDead(path);
        if (!record) {
            return {};
        }
        taken.push_back(std::move(*record));
    }
    return taken;
}

/// Describes the dead segment under one name.
DeadSegment describe(const Group& group)
{
    DeadSegment dead;
    dead.userName = userName(::geteuid());
    const auto segment = group.segment.isEmpty() ? std::nullopt : ownFile(group.segment);
    bool isListed = false;
    for (const QByteArray& path : group.records) {
        const auto note = readOwnerNote(path);
        dead.process = note && dead.process == 0 ? note->process : dead.process;
        isListed = isListed || (segment && note && note->lists(segment->id));
    }
    const auto add = [&dead](Part part, const QByteArray& path) {
        if (const auto file = ownFile(path)) {
            dead.files.push_back({part, path, file->bytes, file->id});
            dead.written = part == Part::Record ? file->written / 1'000'000'000 : dead.written;
        }
    };
    if (isListed) {
        add(Part::Segment, group.segment);
    }
    std::for_each(group.spares.begin(), group.spares.end(),
                  [&add](const QByteArray& path) { add(Part::Spare, path); });
    std::for_each(group.records.begin(), group.records.end(),
                  [&add](const QByteArray& path) { add(Part::Record, path); });
    return dead;
}

/// The record is removed last: if we are killed before that, the next cleaning still recognizes the rest.
void remove(DeadSegment& dead)
{
    dead.isRemoved = true;
    for (const DeadSegment::File& file : dead.files) {
        dead.isRemoved = removeIfSame(file.path, file.id) && dead.isRemoved;
    }
}

} // namespace

std::vector<DeadSegment> cleanDeadSegments(const QByteArray& folder, Cleaning cleaning)
{
    std::vector<DeadSegment> found;
    const OwnerLives lives;
    for (const auto& [name, group] : groupsIn(folder)) {
        const Liveness liveness = livenessOf(group, lives);
        if (liveness == Liveness::Alive) {
            continue;
        }
        // The system's list is not complete; only the locks themselves are proof.
        const auto records = cleaning == Cleaning::Remove ? takeRecords(group) : std::vector<OwnerRecord>();
        if (cleaning == Cleaning::Remove && records.empty()) {
            continue;
        }
        DeadSegment dead = describe(group);
        if (cleaning == Cleaning::Remove) {
            remove(dead);
        } else {
            dead.maker = liveness;
        }
        found.push_back(std::move(dead));
    }
    return found;
}

} // namespace shmpix
