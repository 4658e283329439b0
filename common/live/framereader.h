#pragma once

#include "common/base/memory.h"
#include "common/base/monotonicclock.h"
#include "common/live/cadence.h"
#include "common/live/ringaccess.h"
#include "common/live/ringformat.h"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace shmpix {

/// A frame that was read completely.
struct FrameInfo
{
    quint64 serial = 0; ///< position in the session, from 1
    SlotEntry entry;
    QUuid session;
};

/// What a reader has seen since its construction.
struct FrameStatistics
{
    quint64 frames = 0;     ///< frames that were read whole
    quint64 missed = 0;     ///< published but never read, because newer ones were available
    quint64 torn = 0;       ///< reads that were discarded and repeated because the writer was faster
    quint64 duplicates = 0; ///< frames with the same number as the one before
    quint64 damaged = 0;    ///< dropped frames: a wrong checksum or an invalid entry
    quint64 sessions = 0;   ///< writers that came after the first
    qint64 age = -1;        ///< nanoseconds from publishing to having read the last frame; -1: unknown
};

/// The state of a reader's address.
enum class StreamState {
    Absent,  ///< nothing, or nothing yet
    Foreign, ///< something other than a ring
    Refused, ///< a ring that cannot be read
    Open,    ///< a ring whose writer has not closed it
    Closed,  ///< a ring whose writer has closed it; the last frame may still be read
};

/// Reads the newest frames of a stream and follows it to larger rings, to the next writer under the address,
/// and back when a writer returns. Whatever a writer does, no call blocks longer than documented, and only
/// completely written frames are returned. Used by one thread.
class FrameReader
{
public:
    explicit FrameReader(OpenMemory open);
    ~FrameReader();
    FrameReader(const FrameReader&) = delete;
    FrameReader& operator=(const FrameReader&) = delete;

    /// Waits for an unread frame. Returns false when the time is over, the state has changed, or a stop is
    /// requested, which is noticed within a tenth of a second.
    [[nodiscard]] bool wait(MonotonicClock::time_point deadline, const std::stop_token& stop = {});

    /// visit() calls this with a frame in place: the entry, and the bytes of the slot that belong to the
    /// frame. The bytes may change during the call, so nothing that matters for safety may depend on them.
    /// The result counts only if visit() returns the frame. May be called several times. An error means that
    /// the frame is useless.
    using Visitor = std::function<Result<void>(const SlotEntry& entry, std::span<const std::byte> bytes)>;

    /// Shows the newest frame in place to the visitor. Nothing if there is no unread frame, or if the writer
    /// overwrites frames faster than they are read. Fails with BadData for a damaged frame, which is not
    /// offered again, and with the visitor's error.
    [[nodiscard]] Result<std::optional<FrameInfo>> visit(const Visitor& visitor);

    /// Copies the newest frame to `out`, whose memory is reused. Fails with NoSpace if there is not enough
    /// memory.
    [[nodiscard]] Result<std::optional<FrameInfo>> copy(std::vector<std::byte>& out);

    [[nodiscard]] StreamState state() const { return m_state; }

    /// Why the state is Absent, Foreign or Refused, in a sentence.
    [[nodiscard]] const Error& reason() const { return m_reason; }

    /// The ring that is being read; nothing before the first.
    [[nodiscard]] const std::optional<RingHeader>& ring() const { return m_ring; }

    /// The time of the writer's last heartbeat, in monotonic nanoseconds; 0 if there is none.
    [[nodiscard]] qint64 heartbeat() const;

    [[nodiscard]] const FrameStatistics& statistics() const { return m_statistics; }

private:
    enum class Attempt { Read, Nothing, Torn };

    [[nodiscard]] RingState ringState() const;
    [[nodiscard]] bool isFresh() const;
    [[nodiscard]] bool isIdle() const; ///< nothing new has arrived for a while
    [[nodiscard]] static Result<RingHeader> judge(const ReadableMemory& memory, StreamState& state);
    void attach();
    void follow(std::unique_ptr<ReadableMemory> memory, const RingHeader& ring);
    void refuse(StreamState state, const Error& reason);
    [[nodiscard]] bool hasLeft() const;
    void lookAround();
    [[nodiscard]] MonotonicClock::duration lookAroundInterval() const;
    void sleep(quint32 wake, MonotonicClock::duration atMost);
    void sleepForWakeUp(const RingWord<quint32>& word, quint32 wake, MonotonicClock::duration atMost);
    [[nodiscard]] Result<Attempt> attempt(const Visitor& visitor, FrameInfo& frame);
    void take(const FrameInfo& frame);
    void drop(quint64 serial);

    OpenMemory m_open;
    std::unique_ptr<ReadableMemory> m_memory;
    std::optional<RingHeader> m_ring;
    StreamState m_state = StreamState::Absent;
    Error m_reason;
    quint64 m_last = 0; ///< serial of the frame that was last read or dropped
    std::optional<quint64> m_lastNumber;
    std::optional<quint32>
        m_tornAt; ///< the wake word when the writer was too fast: try again when the word has changed
    MonotonicClock::time_point m_lookedAround;
    MonotonicClock::time_point m_lastNew; ///< when something new was seen
    Cadence m_cadence;
    FrameStatistics m_statistics;
};

} // namespace shmpix
