#include "common/live/framereader.h"

#include "common/base/checksums.h"
#include "common/base/monotonicclock.h"
#include "common/base/outofmemory.h"
#include "common/live/ringaccess.h"
#include "common/live/wakeup.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <thread>

namespace shmpix {

namespace {

using namespace std::chrono_literals;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FrameReader)
};

constexpr int mostAttempts = 3;
constexpr auto longestWait = 100ms;     ///< a writer that died wakes nobody
constexpr auto openAgainAfter = 50ms;   ///< if there is no stream or a closed one
constexpr auto followAfter = 2ms;       ///< the stream has moved: its new ring exists or will exist soon
constexpr auto lookAroundAfter = 250ms; ///< the interval for checking where the address leads
constexpr auto lookoutBefore = 300us;   ///< the reader starts to poll this long before a frame is expected
constexpr auto lookoutAfter = 400us;    ///< and stops polling this long after
constexpr auto pollWhenBusy = 1ms;      ///< for a writer that cannot wake readers
constexpr auto pollWhenIdle = 5ms;
constexpr auto idleAfter = 1s;

bool isAllZero(std::span<const std::byte> bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

Error notReady()
{
    return {ErrorCode::NotFound,
            Text::tr("The segment has not been filled yet. Wait, or restart its sender.")};
}

/// For a stream that the reader has read so far.
Error goesOnOutOfReach(const Error& cause)
{
    return {cause.code,
            Text::tr("The stream continues in a segment that you do not have permission to read. %1")
                .arg(cause.text)};
}

} // namespace

FrameReader::FrameReader(OpenMemory open)
    : m_open(std::move(open))
    , m_reason(notReady())
{
}

FrameReader::~FrameReader() = default;

qint64 FrameReader::heartbeat() const
{
    return m_memory ? RingWord<qint64>(m_memory->bytes(), heartbeatAt).load(std::memory_order_relaxed) : 0;
}

RingState FrameReader::ringState() const
{
    const auto word = RingWord<quint32>(m_memory->bytes(), stateAt).load();
    return word <= static_cast<quint32>(RingState::Moved) ? static_cast<RingState>(word) : RingState::Open;
}

bool FrameReader::isFresh() const
{
    const auto newest = RingWord<quint64>(m_memory->bytes(), newestAt).load();
    return newest != 0 && newest != m_last;
}

void FrameReader::refuse(StreamState state, const Error& reason)
{
    m_memory.reset();
    m_state = state;
    m_reason = reason;
}

/// Judges the memory under the address now. If it succeeds, the memory is a ring.
Result<RingHeader> FrameReader::judge(const ReadableMemory& memory, StreamState& state)
{
    const auto bytes = memory.bytes();
    std::array<std::byte, ringConstantBytes> start = {};
    copyShared(bytes.first(std::min(bytes.size(), start.size())), start.data());
    if (!looksLikeRing(start)) {
        const bool isEmpty = isAllZero(start);
        state = isEmpty ? StreamState::Absent : StreamState::Foreign;
        return isEmpty ? notReady() : parseRingHeader(start, qint64(bytes.size())).error();
    }
    state = StreamState::Refused;
    auto header = parseRingHeader(start, qint64(bytes.size()));
    if (header && RingWord<quint32>(bytes, stateAt).load() == static_cast<quint32>(RingState::NotReady)) {
        state = StreamState::Absent;
        return notReady();
    }
    return header;
}

void FrameReader::attach()
{
    auto memory = m_open();
    if (!memory) {
        const bool isAbsent = memory.error().code == ErrorCode::NotFound;
        const bool goesOn = m_ring && memory.error().code == ErrorCode::NotPermitted;
        refuse(isAbsent ? StreamState::Absent : StreamState::Refused,
               goesOn ? goesOnOutOfReach(memory.error()) : memory.error());
        return;
    }
    StreamState state = StreamState::Absent;
    auto header = judge(**memory, state);
    if (!header) {
        refuse(state, header.error());
        return;
    }
    follow(std::move(*memory), *header);
}

void FrameReader::follow(std::unique_ptr<ReadableMemory> memory, const RingHeader& ring)
{
    if (!m_ring || m_ring->session != ring.session) {
        m_statistics.sessions += m_ring ? 1 : 0;
        m_last = 0;
        m_lastNumber.reset();
    }
    m_memory = std::move(memory);
    m_ring = ring;
    m_tornAt.reset();
    m_lastNew = MonotonicClock::now();
}

/// Whether the current ring will have no more frames.
bool FrameReader::hasLeft() const
{
    return ringState() != RingState::Open || isIdle();
}

/// Checks whether another ring has replaced the current one, and reads the state of the current one.
void FrameReader::lookAround()
{
    if (m_memory && m_memory->isCut()) {
        refuse(StreamState::Absent,
               {ErrorCode::BadData,
                Text::tr("The segment was truncated while it was being read. Restart its sender.")});
    }
    if (!m_memory) {
        attach();
    } else if (!m_memory->isCurrent()) {
        // If no other ring is there, the reader stays: frames may still arrive through the current memory.
        auto memory = m_open();
        StreamState state = StreamState::Absent;
        auto header = memory ? judge(**memory, state) : Result<RingHeader>(memory.error());
        if (header) {
            follow(std::move(*memory), *header);
        } else if (!memory && memory.error().code == ErrorCode::NotPermitted && hasLeft()) {
            refuse(StreamState::Refused, goesOnOutOfReach(memory.error()));
        }
    }
    if (m_memory) {
        m_state = ringState() == RingState::Closed ? StreamState::Closed : StreamState::Open;
    }
    m_lookedAround = MonotonicClock::now();
}

MonotonicClock::duration FrameReader::lookAroundInterval() const
{
    if (!m_memory) {
        return openAgainAfter;
    }
    switch (ringState()) {
    case RingState::Open:
        // A reopened stream must be noticed by the next look.
        return m_state == StreamState::Open ? lookAroundAfter : MonotonicClock::duration(0ms);
    case RingState::Moved:
        break;
    case RingState::Closed:
        return m_state == StreamState::Closed ? openAgainAfter : MonotonicClock::duration(0ms);
    case RingState::NotReady: // the memory is gone
        break;
    }
    return isIdle() ? lookAroundAfter : followAfter; // the writer died before it made the new ring
}

bool FrameReader::isIdle() const
{
    return MonotonicClock::now() - m_lastNew > idleAfter;
}

bool FrameReader::wait(MonotonicClock::time_point deadline, const std::stop_token& stop)
{
    const StreamState before = m_state;
    for (;;) {
        const auto now = MonotonicClock::now();
        if (m_lookedAround + lookAroundInterval() <= now || (m_memory && m_memory->isCut())) {
            lookAround();
        }
        const quint32 wake = m_memory ? RingWord<quint32>(m_memory->bytes(), wakeAt).load() : 0;
        if (m_memory && isFresh() && m_tornAt != wake) {
            return true;
        }
        if (m_state != before || stop.stop_requested() || now >= deadline) {
            return false;
        }
        sleep(wake, std::min(deadline, m_lookedAround + lookAroundInterval()) - now);
    }
}

void FrameReader::sleep(quint32 wake, MonotonicClock::duration atMost)
{
    const auto shortest = std::clamp<MonotonicClock::duration>(atMost, 0ms, longestWait);
    if (m_memory && m_ring->wakes) {
        sleepForWakeUp(RingWord<quint32>(m_memory->bytes(), wakeAt), wake, shortest);
    } else {
        const MonotonicClock::duration poll = !m_memory  ? MonotonicClock::duration(openAgainAfter)
                                              : isIdle() ? pollWhenIdle
                                                         : pollWhenBusy;
        std::this_thread::sleep_for(std::min(shortest, poll));
    }
    m_tornAt.reset(); // by now the writer has either continued or stopped
}

/// Waking an idle processor takes longer than anything else here. Therefore the reader polls when the
/// stream's rate says that the next frame is about to arrive. At 60 frames a second this costs a few
/// hundredths of a core.
void FrameReader::sleepForWakeUp(const RingWord<quint32>& word, quint32 wake, MonotonicClock::duration atMost)
{
    const auto now = MonotonicClock::now();
    const auto expected = m_cadence.next();
    const auto untilFrame = std::chrono::nanoseconds(expected.value_or(0)) - now.time_since_epoch();
    if (!expected || untilFrame < -lookoutAfter) {
        WakeUp::wait(word.address(), wake, atMost);
    } else if (untilFrame > lookoutBefore) {
        WakeUp::wait(word.address(), wake,
                     std::min<MonotonicClock::duration>(atMost, untilFrame - lookoutBefore));
    } else {
        const auto end = now + std::min<MonotonicClock::duration>(atMost, untilFrame + lookoutAfter);
        while (word.load() == wake && MonotonicClock::now() < end) {
            std::this_thread::yield();
        }
    }
}

Result<std::optional<FrameInfo>> FrameReader::visit(const Visitor& visitor)
{
    FrameInfo frame;
    std::optional<quint32> wake;
    for (int i = 0; m_memory && i < mostAttempts; ++i) {
        wake = RingWord<quint32>(m_memory->bytes(), wakeAt).load(); // any frame from now on is tried
        auto attempted = attempt(visitor, frame);
        if (!attempted) {
            return attempted.error();
        }
        if (*attempted == Attempt::Read) {
            take(frame);
            return std::optional(std::move(frame));
        }
        if (*attempted == Attempt::Nothing) {
            return std::optional<FrameInfo>();
        }
        ++m_statistics.torn;
    }
    m_tornAt = wake;
    return std::optional<FrameInfo>();
}

Result<FrameReader::Attempt> FrameReader::attempt(const Visitor& visitor, FrameInfo& frame)
{
    const auto bytes = m_memory->bytes();
    const auto n = RingWord<quint64>(bytes, newestAt).load();
    if (n == 0 || n == m_last) {
        return Attempt::Nothing;
    }
    const quint64 slot = m_ring->slotOf(n);
    const auto at = std::size_t(m_ring->entryAt(slot));
    const RingWord<quint64> sequence(bytes, at);
    const auto isStill = [&sequence, n, this] {
        std::atomic_thread_fence(
            std::memory_order_acquire); // nothing may be read after the sequence is checked
        return sequence.load(std::memory_order_relaxed) == 2 * n && !m_memory->isCut();
    };
    if (sequence.load() != 2 * n) {
        return Attempt::Torn;
    }
    std::array<std::byte, slotEntryBytes> copy = {};
    copyShared(bytes.subspan(at, slotEntryBytes), copy.data());
    if (!isStill()) {
        return Attempt::Torn;
    }
    auto entry = parseSlotEntry(copy, m_ring->capacity);
    if (!entry) {
        drop(n);
        return entry.error();
    }
    const auto pixels = bytes.subspan(std::size_t(m_ring->pixelsAt(slot)), std::size_t(entry->bytes));
    const bool isWhole = !entry->checksum || crc32(0, pixels) == *entry->checksum;
    auto visited = isWhole ? visitor(*entry, pixels) : Result<void>();
    if (!isStill()) {
        return Attempt::Torn;
    }
    if (!isWhole) {
        drop(n);
        return Error{ErrorCode::BadData,
                     Text::tr("Frame %1 is damaged: its checksum is wrong. Wait for the next frame.")
                         .arg(entry->number)};
    }
    if (!visited) {
        drop(n);
        return visited.error();
    }
    frame = {n, std::move(*entry), m_ring->session};
    return Attempt::Read;
}

void FrameReader::take(const FrameInfo& frame)
{
    ++m_statistics.frames;
    m_statistics.missed += m_last != 0 && frame.serial > m_last ? frame.serial - m_last - 1 : 0;
    m_statistics.duplicates += m_lastNumber == frame.entry.number ? 1 : 0;
    const qint64 now = monotonicNow();
    const bool isKnown = frame.entry.published > 0 && frame.entry.published <= now;
    m_statistics.age = isKnown ? now - frame.entry.published : -1;
    m_cadence.saw(frame.serial, isKnown ? frame.entry.published : 0);
    m_last = frame.serial;
    m_lastNew = MonotonicClock::now();
    m_lastNumber = frame.entry.number;
}

void FrameReader::drop(quint64 serial)
{
    ++m_statistics.damaged;
    m_last = serial;
    m_lastNew = MonotonicClock::now();
}

Result<std::optional<FrameInfo>> FrameReader::copy(std::vector<std::byte>& out)
{
    return visit([&out](const SlotEntry&, std::span<const std::byte> bytes) -> Result<void> {
        return orOutOfMemory([&out, bytes]() -> Result<void> {
            out.resize(bytes.size());
            copyShared(bytes, out.data());
            return {};
        });
    });
}

} // namespace shmpix
