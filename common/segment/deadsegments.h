#pragma once

#include "common/segment/listedsegment.h"
#include "common/segment/segmentpath.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace shmpix {

/// What an owner of ours that is dead has left under one name.
struct DeadSegment
{
    struct File
    {
        enum class Part { Segment, Spare, Record };
        Part part = Part::Segment;
        QByteArray path;
        qint64 bytes = 0;
        FileId id = {}; ///< whatever else gets the name is not removed
    };

    std::vector<File> files; ///< the segment first, when there is one
    QString userName;
    qint64 process = 0; ///< the dead owner; 0 when its record does not say
    qint64 written = 0; ///< seconds since 1970: the last time that it published
    bool isRemoved = false;
    Liveness maker =
        Liveness::Dead; ///< Unknown in a dry run: it may live where we do not see it, and then stays
};

enum class Cleaning {
    DryRun, ///< only looks: takes no lock and changes nothing
    Remove
};

/// What owners of ours that are dead have left in the folder: segments that they list, among them those that
/// were to be kept, the second segments that they filled, and their records. Removed only while we hold the
/// record's lock, which a living owner never gives. What a stranger made, or put in the place of ours, stays,
/// and so does what belongs to another user. Not on the GUI thread.
[[nodiscard]] std::vector<DeadSegment> cleanDeadSegments(const QByteArray& folder, Cleaning cleaning);

} // namespace shmpix
