#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// What a writer and a reader do with each frame.
enum class Work {
    Copy,   ///< the writer copies it in from memory of its own, the reader copies it out to its own
    Look,   ///< the writer copies it in, the reader looks where it lies whether it came whole
    Place,  ///< the writer fills it and the reader reads each byte once, where it lies
    WakeUp, ///< the writer copies it in and adds the time; the reader looks at the time
};

/// What both roles of one measurement are told.
struct Task
{
    Transport transport;
    QString folder;
    QSize size;
    Work work = Work::Copy;
    double framesPerSecond = 0; ///< 0: as fast as it goes
    double seconds = 0;         ///< that the reader measures
};

/// A writer process: prints "ready" when readers may come, sends frames until its standard input ends, and
/// prints for each line there how many it has sent and at which nanosecond.
int runWriter(const Task& task);

/// A reader process: waits for the writer's frames, leaves out the first ones and measures. Prints "rate"
/// with frames per second and how many of those that came were not whole; for wake-ups "ns" and the
/// nanoseconds of each.
int runReader(const Task& task);

/// Nanoseconds of the monotonic clock, which all processes share.
[[nodiscard]] qint64 now();

} // namespace shmpix::bench
