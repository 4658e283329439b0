#pragma once

#include "common/base/memory.h"
#include "common/live/ringaccess.h"
#include "common/live/ringformat.h"

#include <QImage>

#include <optional>
#include <vector>

namespace shmpix {

/// How a ring is made.
struct FrameWriterOptions
{
    quint32 slots = 4;      ///< fewestSlots to mostSlots; more slots give slow readers more time
    qint64 capacity = 0;    ///< initial size of a slot in bytes if larger frames will come;
                            ///< maximumImageBytes at most
    bool checksums = false; ///< a pass over the pixels by which readers detect damaged ones
    bool wakes = true;      ///< if the system supports this
    QUuid session = {};     ///< the first session; null: a new one
    quint64 process = 0;    ///< the writer's process ID, for people
    quint64 processStarted = 0;
};

/// A frame's description by its source.
struct FrameNote
{
    std::optional<quint64> number; ///< nothing: counts from 1
    qint64 captured = 0;           ///< monotonic nanoseconds; 0: unknown
    QByteArray text;               ///< UTF-8, one line for people
};

/// Writes live frames: begin() returns the next slot, the caller fills it, and publish() makes it visible.
/// Never waits for a reader. A frame that is larger than the slots moves the stream to a new ring, which
/// readers follow. Memory for a slot is reserved when a frame first needs it, so one frame takes no more than
/// one slot. Destroying the writer closes the stream. Used by one thread.
class FrameWriter
{
public:
    /// The memory must outlive the writer.
    explicit FrameWriter(WritableMemory& memory, const FrameWriterOptions& options = {});
    ~FrameWriter();
    FrameWriter(const FrameWriter&) = delete;
    FrameWriter& operator=(const FrameWriter&) = delete;

    /// Returns the next slot from its first byte to the end of the layout's extent, with the contents of an
    /// older frame. An unpublished frame is dropped. Fails with BadData for an impossible layout, and like
    /// the memory if there is no room; the stream is then unchanged.
    [[nodiscard]] Result<std::span<std::byte>> begin(const PixelLayout& layout);

    /// The same as a picture to decode or paint into, which uses the slot's memory. It must not be used after
    /// publish(). Fails with Usage for a QImage format whose pixels cannot be shared unchanged.
    [[nodiscard]] Result<QImage> beginImage(QSize size, QImage::Format format);

    /// Publishes the frame that was begun.
    void publish(const FrameNote& note = {});

    /// Shows that the writer is alive. Call this at least once a second while no frames come.
    void beat();

    /// Puts a new ring with the newest frame under the address, because somebody has removed the old one. If
    /// the old one was truncated, the frame is lost and a new session begins. An unpublished frame is
    /// dropped. Fails like the memory. Does nothing before the first begin().
    [[nodiscard]] Result<void> renew();

    /// Ends the stream; the last frame can still be read. begin() reopens the stream with a new session.
    void close();

    /// Frames of this session; starts again from 0 if a truncated ring ended the session.
    [[nodiscard]] quint64 published() const { return m_newest; }

    /// The current ring; nothing before the first begin().
    [[nodiscard]] std::optional<RingHeader> ring() const
    {
        return m_ring ? std::optional(m_ring->header) : std::nullopt;
    }

private:
    struct Ring
    {
        RingHeader header;
        std::span<std::byte> bytes;
        std::vector<qint64> reserved; ///< bytes with reserved memory, for each slot
    };

    [[nodiscard]] RingHeader nextRing(qint64 capacity) const;
    [[nodiscard]] Result<void> moveTo(qint64 capacity, qint64 nextBytes);
    [[nodiscard]] Result<Ring> makeRing(qint64 capacity, qint64 nextBytes);
    [[nodiscard]] Result<void> reserveRing(Ring& ring, qint64 nextBytes);
    [[nodiscard]] Result<void> reserveSlot(Ring& ring, quint64 slot, qint64 bytes);
    void fillRing(const Ring& ring) const;
    void copyNewest(const Ring& ring) const;
    void wake();
    void announce(RingState state);

    FrameWriterOptions m_options;
    WritableMemory& m_memory;
    QUuid m_session;
    std::optional<Ring> m_ring;
    quint64 m_newest = 0;
    qint64 m_newestBytes = 0;
    std::optional<SlotEntry> m_begun;
};

} // namespace shmpix
