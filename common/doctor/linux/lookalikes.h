#pragma once

#include "common/doctor/segmentdiagnosis.h"
#include "common/segment/segmentaddress.h"

#include <QDeadlineTimer>

namespace shmpix {

/// Whether something can be loaded from the address. Opens nothing.
[[nodiscard]] bool hasSegment(const SegmentAddress& address);

/// The same name in another kind of memory: a Qt key for a POSIX name, and vice versa.
[[nodiscard]] std::optional<Diagnosis> otherKindOf(const SegmentAddress& address);

/// A name that was probably meant: with or without shm_, in different case, or in ASCII.
[[nodiscard]] std::optional<Diagnosis> similarNameTo(const SegmentAddress& address);

/// A key file of that name in the working folder of a program, where setNativeKey("NAME") puts it.
[[nodiscard]] std::optional<Diagnosis> keyFileOfProgram(const SegmentAddress& address,
                                                        const QDeadlineTimer& deadline);

} // namespace shmpix
