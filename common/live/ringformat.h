#pragma once

#include "common/base/result.h"
#include "common/image/pixellayout.h"

#include <QByteArray>
#include <QUuid>

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace shmpix {

/// The bytes of a ring of live frames, as FORMAT.md beside this file specifies them. Here is what is copied
/// and judged; ringaccess.h has the words that two processes read and write at the same time.

constexpr quint16 ringMajor = 1;
constexpr quint16 ringMinor = 0;
constexpr qint64 ringHeaderBytes = 256;
constexpr qint64 ringConstantBytes = 128; ///< the part of the header that never changes
constexpr qint64 slotEntryBytes = 512;
constexpr qint64 mostMetadataBytes = 416;
constexpr quint32 fewestSlots = 3;
constexpr quint32 mostSlots = 64;

/// The constant part of the header.
struct RingHeader
{
    quint16 minor = ringMinor;
    qint64 table = ringHeaderBytes; ///< where the slot table begins
    qint64 entry = slotEntryBytes;  ///< bytes of a slot's entry
    quint32 slots = fewestSlots;
    qint64 capacity = 0; ///< most bytes of a frame
    qint64 data = 0;     ///< where the first slot's pixels begin
    qint64 pitch = 0;    ///< from a slot's pixels to the next slot's
    qint64 size = 0;     ///< of the ring
    QUuid session;
    quint64 generation = 1;
    quint64 process = 0;
    quint64 started = 0; ///< clock ticks since the system's start; 0: unknown
    qint64 created = 0;  ///< nanoseconds since 1970
    bool wakes = false;  ///< the writer wakes readers

    [[nodiscard]] qint64 entryAt(quint64 slot) const { return table + static_cast<qint64>(slot) * entry; }
    [[nodiscard]] qint64 pixelsAt(quint64 slot) const { return data + static_cast<qint64>(slot) * pitch; }
    /// The slot of a session's frame n, which counts from 1.
    [[nodiscard]] quint64 slotOf(quint64 n) const { return (n - 1) % slots; }

    friend bool operator==(const RingHeader&, const RingHeader&) = default;
};

/// The places of a ring for so many slots of so many bytes; the rest as it is by default. Takes checked
/// values only.
[[nodiscard]] RingHeader ringFor(quint32 slots, qint64 capacity);

/// Whether the bytes begin as a ring does, of whatever version or byte order: then parseRingHeader() says
/// what is wrong with it.
[[nodiscard]] bool looksLikeRing(std::span<const std::byte> start);

/// Judges a private copy of the constant part, for a segment of so many bytes. Fails with BadData: no ring,
/// another byte order, a newer version, a damaged header, a ring that is longer than its segment.
[[nodiscard]] Result<RingHeader> parseRingHeader(std::span<const std::byte, ringConstantBytes> bytes,
                                                 qint64 segmentBytes);

[[nodiscard]] std::array<std::byte, ringConstantBytes> ringHeaderBytesOf(const RingHeader& header);

/// What a slot's entry says of its frame, without the sequence.
struct SlotEntry
{
    quint64 number = 0; ///< at the source
    PixelLayout layout; ///< its offset counts from the slot's first byte
    qint64 bytes = 0;   ///< of the slot that belong to the frame
    std::optional<quint32> checksum;
    qint64 captured = 0;  ///< monotonic nanoseconds; 0: unknown
    qint64 published = 0; ///< the same
    QByteArray metadata;  ///< UTF-8, one line for people; nobody has judged it

    friend bool operator==(const SlotEntry&, const SlotEntry&) = default;
};

/// Judges a private copy of an entry, of which the first slotEntryBytes are given, for slots of so many
/// bytes. Fails with BadData.
[[nodiscard]] Result<SlotEntry> parseSlotEntry(std::span<const std::byte, slotEntryBytes> bytes,
                                               qint64 capacity);

/// The bytes from 8 on, behind the sequence. Metadata is cut at a character's end to what there is room for.
[[nodiscard]] std::array<std::byte, slotEntryBytes - 8> slotEntryBytesOf(const SlotEntry& entry);

} // namespace shmpix
