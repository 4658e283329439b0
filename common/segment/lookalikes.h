#pragma once

#include "common/segment/segmentaddress.h"
#include "common/segment/segmentdiagnosis.h"

#include <QDeadlineTimer>

namespace shmpix {

/// Whether there is something to load under the address. Opens nothing.
[[nodiscard]] bool hasSegment(const SegmentAddress& address);

/// The same name in another kind of memory: a Qt key for a POSIX name, and the other way round.
[[nodiscard]] std::optional<Diagnosis> otherKindOf(const SegmentAddress& address);

/// Another name that was probably meant: with or without shm_, in capitals, as ASCII.
[[nodiscard]] std::optional<Diagnosis> similarNameTo(const SegmentAddress& address);

/// A key file of that name in the folder in which a program runs, where setNativeKey("NAME") puts it.
[[nodiscard]] std::optional<Diagnosis> keyFileOfProgram(const SegmentAddress& address,
                                                        const QDeadlineTimer& deadline);

} // namespace shmpix
