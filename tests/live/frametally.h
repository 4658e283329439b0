#pragma once

#include <QtGlobal>

#include <atomic>

namespace shmpix::test {

/// What a reader of known frames has seen, for others to look at while it goes on: another thread, or another
/// process when it lies in shared memory.
struct FrameTally
{
    std::atomic<quint64> frames = 0;
    std::atomic<quint64> violations = 0; ///< frames that no writer ever made, and errors
    std::atomic<quint64> torn = 0;       ///< readings that were thrown away
    std::atomic<quint64> sessions = 0;
    std::atomic<quint64> life = 0;   ///< of the newest frame
    std::atomic<quint64> number = 0; ///< and its number in that
};

} // namespace shmpix::test
