#pragma once

#include <QtGlobal>

#include <atomic>

namespace shmpix::test {

/// What a reader of known frames has seen so far. Others can read it at the same time: another thread, or
/// another process if it lies in shared memory.
struct FrameTally
{
    std::atomic<quint64> frames = 0;
    std::atomic<quint64> violations = 0; ///< frames that no writer ever made, and errors
    std::atomic<quint64> torn = 0;       ///< reads that were discarded
    std::atomic<quint64> sessions = 0;
    std::atomic<quint64> life = 0;   ///< of the newest frame
    std::atomic<quint64> number = 0; ///< its number within that life
};

} // namespace shmpix::test
