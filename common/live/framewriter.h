#pragma once

#include "common/live/ringaccess.h"
#include "common/live/ringformat.h"
#include "common/live/ringmemory.h"

#include <QImage>

#include <optional>
#include <vector>

namespace shmpix {

/// How a ring is made.
struct FrameWriterOptions
{
    quint32 slots = 4;      ///< fewestSlots to mostSlots; more are more patient with slow readers
    qint64 capacity = 0;    ///< bytes that a slot is long from the beginning, where larger frames will come;
                            ///< maximumImageBytes at most
    bool checksums = false; ///< a pass over the pixels that lets readers know damaged ones
    bool wakes = true;      ///< where the system can
    QUuid session = {};     ///< the first one; null: a new one
    quint64 process = 0;    ///< the writer's, for people
    quint64 processStarted = 0;
};

/// What a frame's source says of it.
struct FrameNote
{
    std::optional<quint64> number; ///< nothing: counts from 1
    qint64 captured = 0;           ///< monotonic nanoseconds; 0: unknown
    QByteArray text;               ///< UTF-8, one line for people
};

/// Writes live frames: begin() gives the next slot, the caller fills it, publish() lets everybody see it.
/// Never waits for a reader. A frame that is larger than the slots moves the stream to a new ring, which
/// readers follow. Memory is reserved for a slot when a frame first needs it: one frame takes no more than
/// its own. The end of the writer closes the stream. Used by one thread.
class FrameWriter
{
public:
    explicit FrameWriter(std::unique_ptr<WritableMemory> memory, const FrameWriterOptions& options = {});
    ~FrameWriter();
    FrameWriter(const FrameWriter&) = delete;
    FrameWriter& operator=(const FrameWriter&) = delete;

    /// The next slot, from its first byte to the end of the layout's extent, with whatever an older frame
    /// left there. What was begun and not published before is dropped. Fails with BadData for a layout that
    /// cannot be, and as the memory does when there is no room; the stream is then what it was.
    [[nodiscard]] Result<std::span<std::byte>> begin(const PixelLayout& layout);

    /// The same as a picture to decode or paint into, whose memory is the slot's; not to be used after
    /// publish(). Fails with Usage for a format of QImage that pixels cannot be shared in as they are.
    [[nodiscard]] Result<QImage> beginImage(QSize size, QImage::Format format);

    /// Lets everybody see the frame that was begun.
    void publish(const FrameNote& note = {});

    /// Says that the writer lives. To be called at least once a second where no frames come.
    void beat();

    /// Puts a new ring with the newest frame under the address: somebody has removed the old one. Where it
    /// was cut, the frame is lost with it, and a new session begins. What was begun and not published is
    /// dropped. Fails as the memory does. Nothing happens before the first begin().
    [[nodiscard]] Result<void> renew();

    /// Ends the stream; the last frame can still be read. begin() opens it again with a new session.
    void close();

    /// Frames of this session; from 0 again where a cut ring ended it.
    [[nodiscard]] quint64 published() const { return m_newest; }

    /// The ring at the moment; nothing before the first begin().
    [[nodiscard]] std::optional<RingHeader> ring() const
    {
        return m_ring ? std::optional(m_ring->header) : std::nullopt;
    }

private:
    struct Ring
    {
        RingHeader header;
        std::span<std::byte> bytes;
        std::vector<qint64> reserved; ///< of each slot: how many bytes there is memory for
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
    std::unique_ptr<WritableMemory> m_memory;
    QUuid m_session;
    std::optional<Ring> m_ring;
    quint64 m_newest = 0;
    qint64 m_newestBytes = 0;
    std::optional<SlotEntry> m_begun;
};

} // namespace shmpix
