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

FrameWriter::FrameWriter(std::unique_ptr<WritableMemory> memory, const FrameWriterOptions& options)
    : m_options(options)
    , m_memory(std::move(memory))
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
    if (extent->end > maximumImageBytes) { // its offset or its stride
        return Error{ErrorCode::BadData, Text::tr("A frame of %1 ends at byte %2, which exceeds the limit of "
                                                  "%3 bytes. Use a smaller offset or stride.")
                                             .arg(layoutText(layout))
                                             .arg(extent->end)
                                             .arg(maximumImageBytes)};
    }
    if (!m_ring || extent->end > m_ring->capacity) {
        if (auto moved = moveTo(std::max(extent->end, m_options.capacity)); !moved) {
            return moved.error();
        }
    }
    const quint64 n = m_newest + 1;
    const quint64 slot = m_ring->slotOf(n);
    RingWord<quint64>(m_bytes, std::size_t(m_ring->entryAt(slot)))
        .store(2 * n - 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release); // no pixel is stored before the sequence says so
    m_begun.emplace();
    m_begun->layout = layout;
    m_begun->bytes = extent->end;
    return m_bytes.subspan(std::size_t(m_ring->pixelsAt(slot)), std::size_t(extent->end));
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
    layout.stride = (rowBytes(*pixels, size.width()) + 3) / 4 * 4; // QImage wants rows of whole words
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
    const quint64 slot = m_ring->slotOf(n);
    const auto at = std::size_t(m_ring->entryAt(slot));
    m_begun->number = note.number.value_or(n);
    m_begun->captured = note.captured;
    m_begun->metadata = note.text;
    if (m_options.checksums) {
        m_begun->checksum =
            crc32(0, m_bytes.subspan(std::size_t(m_ring->pixelsAt(slot)), std::size_t(m_begun->bytes)));
    }
    m_begun->published = monotonicNow();
    copyShared(asBytes(slotEntryBytesOf(*m_begun)), m_bytes.data() + at + sizeof(quint64));
    RingWord<quint64>(m_bytes, at).store(2 * n);
    RingWord<qint64>(m_bytes, heartbeatAt).store(m_begun->published, std::memory_order_relaxed);
    RingWord<quint64>(m_bytes, newestAt).store(n);
    m_newest = n;
    m_newestBytes = m_begun->bytes;
    m_begun.reset();
    wake();
}

void FrameWriter::wake()
{
    const RingWord<quint32> word(m_bytes, wakeAt);
    word.increase();
    if (m_ring->wakes) {
        WakeUp::wakeAll(word.address());
    }
}

void FrameWriter::announce(RingState state)
{
    RingWord<quint32>(m_bytes, stateAt).store(static_cast<quint32>(state));
    wake();
}

void FrameWriter::beat()
{
    if (m_ring) {
        RingWord<qint64>(m_bytes, heartbeatAt).store(monotonicNow(), std::memory_order_relaxed);
    }
}

Result<void> FrameWriter::renew()
{
    m_begun.reset();
    return m_ring ? moveTo(m_ring->capacity) : Result<void>();
}

void FrameWriter::close()
{
    if (!m_ring) {
        return;
    }
    m_begun.reset();
    announce(RingState::Closed);
    m_ring.reset();
    m_bytes = {};
    m_newest = 0;
    m_options.session = {};
}

/// The header of the session's next ring.
RingHeader FrameWriter::nextRing(qint64 capacity) const
{
    RingHeader header = ringFor(m_options.slots, capacity);
    header.session = m_session;
    header.generation = m_ring && m_ring->session == m_session ? m_ring->generation + 1 : 1;
    header.process = m_options.process;
    header.started = m_options.processStarted;
    header.created = wallClockNow();
    header.wakes = m_options.wakes && WakeUp::isAvailable();
    return header;
}

Result<void> FrameWriter::moveTo(qint64 capacity)
{
    auto room = m_memory->reserve(ringFor(m_options.slots, capacity).size);
    if (!room) {
        return room.error();
    }
    if (!m_ring) {
        m_session = m_options.session.isNull() ? QUuid::createUuid() : m_options.session;
    }
    RingHeader header = nextRing(capacity);
    fillRing(*room, header);
    if (m_newest > 0 && m_memory->isCut()) {
        // What was copied may be zeros. Nobody may take them for a frame, so there is none: a session begins.
        m_session = QUuid::createUuid();
        m_newest = 0;
        header = nextRing(capacity);
        fillRing(*room, header);
    }
    if (auto published = m_memory->publish(); !published) {
        return published;
    }
    if (m_ring) {
        announce(RingState::Moved);
    }
    m_memory->retire();
    m_ring = header;
    m_bytes = *room;
    return {};
}

/// The ring as its readers will find it; nobody sees it yet.
void FrameWriter::fillRing(std::span<std::byte> bytes, const RingHeader& header) const
{
    std::fill_n(bytes.begin(), header.data, std::byte{0});
    copyShared(asBytes(ringHeaderBytesOf(header)), bytes.data());
    if (m_newest > 0) {
        copyNewest(bytes, header);
    }
    RingWord<qint64>(bytes, heartbeatAt).store(monotonicNow());
    RingWord<quint64>(bytes, newestAt).store(m_newest);
    RingWord<quint32>(bytes, stateAt).store(static_cast<quint32>(RingState::Open));
}

void FrameWriter::copyNewest(std::span<std::byte> bytes, const RingHeader& header) const
{
    const quint64 from = m_ring->slotOf(m_newest);
    const quint64 to = header.slotOf(m_newest);
    copyShared(m_bytes.subspan(std::size_t(m_ring->entryAt(from)), slotEntryBytes),
               bytes.data() + header.entryAt(to));
    copyShared(m_bytes.subspan(std::size_t(m_ring->pixelsAt(from)), std::size_t(m_newestBytes)),
               bytes.data() + header.pixelsAt(to));
}

} // namespace shmpix
