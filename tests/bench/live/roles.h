#pragma once

#include "tests/bench/live/transport.h"

namespace shmpix::bench {

/// How a writer and a reader handle each frame.
enum class Work {
    Copy,   ///< the writer copies it in from private memory, the reader copies it out to private memory
    Look,   ///< the writer copies it in, the reader checks in place whether it came whole
    Place,  ///< the writer fills it and the reader reads each byte once, in place
    WakeUp, ///< the writer copies it in and adds the time; the reader reads the time
};

/// The parameters for both roles of one measurement.
struct Task
{
    Transport transport;
    QString folder;
    QSize size;
    Work work = Work::Copy;
    double framesPerSecond = 0; ///< 0: at full speed
    double seconds = 0;         ///< the time for which the reader measures
};

/// A writer process: prints "ready" when readers may come, and sends frames until its standard input ends.
/// For each line there, prints how many frames it has sent and at which nanosecond.
int runWriter(const Task& task);

/// A reader process: waits for the writer's frames, skips the first ones and measures. Prints "rate" with
/// frames per second and the number of frames that were not whole; for wake-ups, "ns" and the nanoseconds of
/// each.
int runReader(const Task& task);

/// Nanoseconds of the monotonic clock, which is the same in all processes.
[[nodiscard]] qint64 now();

} // namespace shmpix::bench
