#pragma once

#include "common/base/fileid.h"
#include "common/listing/listedsegment.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace shmpix {

/// What a dead owner of ours has left under one name.
struct DeadSegment
{
    struct File
    {
        enum class Part { Segment, Spare, Record };
        Part part = Part::Segment;
        QByteArray path;
        qint64 bytes = 0;
        FileId id = {}; ///< another file that gets the name is not removed
    };

    std::vector<File> files; ///< the segment first, when there is one
    QString userName;
    qint64 process = 0; ///< the dead owner; 0 if its record does not name it
    qint64 written = 0; ///< seconds since 1970 of its last publication
    bool isRemoved = false;
    Liveness maker = Liveness::Dead; ///< in a dry run also Unknown: it may be alive where we cannot see it,
                                     ///< and is then kept
};

enum class Cleaning {
    DryRun, ///< only reports: takes no lock and changes nothing
    Remove
};

/// Removes what dead owners of ours have left in the folder: the segments that they list, including those
/// that were to be kept, their spare segments, and their records. Files are removed only while we hold the
/// record's lock, which a living owner never releases. Files of other programs or users are kept. Not on the
/// GUI thread.
[[nodiscard]] std::vector<DeadSegment> cleanDeadSegments(const QByteArray& folder, Cleaning cleaning);

} // namespace shmpix
