#include "common/live/framewriter.h"

#include "common/base/checksums.h"
#include "common/base/monotonicclock.h"
#include "common/image/imagelimits.h"
#include "common/live/ringaccess.h"
#include "common/live/wakeup.h"

#include <QCoreApplication>

#include <algorithm>
#include <chrono>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(FrameWriter)
};

qint64 wallClockNow()
{
    return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

template <class Bytes>
std::span<const std::byte> asBytes(const Bytes& bytes)
{
    return std::as_bytes(std::span(bytes));
}

} // namespace

FrameWriter::FrameWriter(WritableMemory& memory, const FrameWriterOptions& options)
    : m_options(options)
    , m_memory(memory)
{
    m_options.slots = std::clamp(m_options.slots, fewestSlots, mostSlots);
    m_options.capacity = std::clamp<qint64>(m_options.capacity, 0, maximumImageBytes);
}

FrameWriter::~FrameWriter()
{
    close();
}

Result<std::span<std::byte>> FrameWriter::begin(const PixelLayout& layout)
{
    m_begun.reset();
    const auto extent = checkedExtent(layout);
    if (!extent) {
        return extent.error();
    }
    if (extent->end > maximumImageBytes) { // because of the offset or stride
        return Error{ErrorCode::BadData, Text::tr("A frame of %1 ends at byte %2, which exceeds the limit of "
                                                  "%3 bytes. Use a smaller offset or stride.")
                                             .arg(layoutText(layout))
                                             .arg(extent->end)
                                             .arg(maximumImageBytes)};
    }
    if (!m_ring || extent->end > m_ring->header.capacity) {
        if (auto moved = moveTo(std::max(extent->end, m_options.capacity), extent->end); !moved) {
            return moved.error();
        }
    }
    const quint64 n = m_newest + 1;
    const quint64 slot = m_ring->header.slotOf(n);
    if (auto reserved = reserveSlot(*m_ring, slot, extent->end); !reserved) {
        return reserved.error();
    }
    RingWord<quint64>(m_ring->bytes, std::size_t(m_ring->header.entryAt(slot)))
        .store(2 * n - 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release); // no pixel is stored before the sequence is odd
    m_begun.emplace();
    m_begun->layout = layout;
    m_begun->bytes = extent->end;
    return m_ring->bytes.subspan(std::size_t(m_ring->header.pixelsAt(slot)), std::size_t(extent->end));
}

Result<QImage> FrameWriter::beginImage(QSize size, QImage::Format format)
{
    const auto pixels = pixelFormatStoredIn(format);
    if (!pixels) {
        return Error{
            ErrorCode::Usage,
            Text::tr("Pixels in QImage format %1 cannot be shared directly. Convert the picture first.")
                .arg(int(format))};
    }
    PixelLayout layout{size.width(), size.height(), *pixels};
    layout.stride = (rowBytes(*pixels, size.width()) + 3) / 4 * 4; // QImage needs rows of whole words
    auto room = begin(layout);
    if (!room) {
        return room.error();
    }
    return QImage(reinterpret_cast<uchar*>(room->data()), size.width(), size.height(), layout.stride, format);
}

void FrameWriter::publish(const FrameNote& note)
{
    if (!m_begun) {
        return;
    }
    const quint64 n = m_newest + 1;
    const quint64 slot = m_ring->header.slotOf(n);
    const auto at = std::size_t(m_ring->header.entryAt(slot));
    m_begun->number = note.number.value_or(n);
    m_begun->captured = note.captured;
    m_begun->metadata = note.text;
    if (m_options.checksums) {
        m_begun->checksum = crc32(0, m_ring->bytes.subspan(std::size_t(m_ring->header.pixelsAt(slot)),
                                                           std::size_t(m_begun->bytes)));
    }
    m_begun->published = monotonicNow();
    copyShared(asBytes(slotEntryBytesOf(*m_begun)), m_ring->bytes.data() + at + sizeof(quint64));
    RingWord<quint64>(m_ring->bytes, at).store(2 * n);
    RingWord<qint64>(m_ring->bytes, heartbeatAt).store(m_begun->published, std::memory_order_relaxed);
    RingWord<quint64>(m_ring->bytes, newestAt).store(n);
    m_newest = n;
    m_newestBytes = m_begun->bytes;
    m_begun.reset();
    wake();
}

void FrameWriter::wake()
{
    const RingWord<quint32> word(m_ring->bytes, wakeAt);
    word.increase();
    if (m_ring->header.wakes) {
        WakeUp::wakeAll(word.address());
    }
}

void FrameWriter::announce(RingState state)
{
    RingWord<quint32>(m_ring->bytes, stateAt).store(static_cast<quint32>(state));
    wake();
}

void FrameWriter::beat()
{
    if (m_ring) {
        RingWord<qint64>(m_ring->bytes, heartbeatAt).store(monotonicNow(), std::memory_order_relaxed);
    }
}

Result<void> FrameWriter::renew()
{
    m_begun.reset();
    return m_ring ? moveTo(m_ring->header.capacity, 0) : Result<void>();
}

void FrameWriter::close()
{
    if (!m_ring) {
        return;
    }
    m_begun.reset();
    announce(RingState::Closed);
    m_ring.reset();
    m_newest = 0;
    m_options.session = {};
}

/// Returns the header of the session's next ring.
RingHeader FrameWriter::nextRing(qint64 capacity) const
{
    RingHeader header = ringFor(m_options.slots, capacity);
    header.session = m_session;
    header.generation = m_ring && m_ring->header.session == m_session ? m_ring->header.generation + 1 : 1;
    header.process = m_options.process;
    header.started = m_options.processStarted;
    header.created = wallClockNow();
    header.wakes = m_options.wakes && WakeUp::isAvailable();
    return header;
}

/// Moves to a ring whose slots have that capacity. The new ring has memory for the newest frame and the next
/// one.
Result<void> FrameWriter::moveTo(qint64 capacity, qint64 nextBytes)
{
    if (!m_ring) {
        m_session = m_options.session.isNull() ? QUuid::createUuid() : m_options.session;
    }
    auto made = makeRing(capacity, nextBytes);
    if (made && m_newest > 0 && m_memory.isCut()) {
        // The copied bytes may be zeros, which nobody may take for a frame. Therefore a new session begins
        // without frames.
        m_session = QUuid::createUuid();
        m_newest = 0;
        made = makeRing(capacity, nextBytes);
    }
    if (!made) {
        return made.error();
    }
    if (auto published = m_memory.publish(); !published) {
        return published;
    }
    if (m_ring) {
        announce(RingState::Moved);
    }
    m_memory.trim();
    m_ring = std::move(*made);
    return {};
}

/// Makes a ring in its final form. Nobody sees it yet.
Result<FrameWriter::Ring> FrameWriter::makeRing(qint64 capacity, qint64 nextBytes)
{
    Ring ring{nextRing(capacity), {}, {}};
    auto room = m_memory.reserveInParts(ring.header.size);
    if (!room) {
        return room.error();
    }
    ring.bytes = *room;
    ring.reserved.resize(ring.header.slots);
    if (auto reserved = reserveRing(ring, nextBytes); !reserved) {
        return reserved.error();
    }
    fillRing(ring);
    return ring;
}

/// Reserves the slots first, because the error for missing room then names the size of a picture.
Result<void> FrameWriter::reserveRing(Ring& ring, qint64 nextBytes)
{
    auto reserved = reserveSlot(ring, ring.header.slotOf(m_newest + 1), nextBytes);
    if (reserved && m_newest > 0) {
        reserved = reserveSlot(ring, ring.header.slotOf(m_newest), m_newestBytes);
    }
    return reserved ? m_memory.reservePart(ring.bytes.first(std::size_t(ring.header.data))) : reserved;
}

/// Reserves memory for a slot's first bytes if it has less.
Result<void> FrameWriter::reserveSlot(Ring& ring, quint64 slot, qint64 bytes)
{
    qint64& before = ring.reserved[std::size_t(slot)];
    if (bytes <= before) {
        return {};
    }
    const auto from = std::size_t(ring.header.pixelsAt(slot) + before);
    auto reserved = m_memory.reservePart(ring.bytes.subspan(from, std::size_t(bytes - before)));
    if (reserved) {
        before = bytes;
    }
    return reserved;
}

void FrameWriter::fillRing(const Ring& ring) const
{
    const std::span<std::byte> bytes = ring.bytes;
    std::fill_n(bytes.begin(), ring.header.data, std::byte{0});
    copyShared(asBytes(ringHeaderBytesOf(ring.header)), bytes.data());
    if (m_newest > 0) {
        copyNewest(ring);
    }
    RingWord<qint64>(bytes, heartbeatAt).store(monotonicNow());
    RingWord<quint64>(bytes, newestAt).store(m_newest);
    RingWord<quint32>(bytes, stateAt).store(static_cast<quint32>(RingState::Open));
}

void FrameWriter::copyNewest(const Ring& ring) const
{
    const RingHeader& old = m_ring->header;
    const quint64 from = old.slotOf(m_newest);
    const quint64 to = ring.header.slotOf(m_newest);
    copyShared(m_ring->bytes.subspan(std::size_t(old.entryAt(from)), slotEntryBytes),
               ring.bytes.data() + ring.header.entryAt(to));
    copyShared(m_ring->bytes.subspan(std::size_t(old.pixelsAt(from)), std::size_t(m_newestBytes)),
               ring.bytes.data() + ring.header.pixelsAt(to));
}

} // namespace shmpix
