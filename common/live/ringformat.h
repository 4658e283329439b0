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

/// The bytes of a ring of live frames, as FORMAT.md in this folder specifies them. This file handles the
/// parts that are copied and judged; ringaccess.h has the words that two processes access at the same time.

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
    qint64 table = ringHeaderBytes; ///< offset of the slot table
    qint64 entry = slotEntryBytes;  ///< bytes of a slot's entry in the table
    quint32 slots = fewestSlots;
    qint64 capacity = 0; ///< the largest frame in bytes
    qint64 data = 0;     ///< offset of the first slot's pixels
    qint64 pitch = 0;    ///< bytes from one slot's pixels to the next slot's
    qint64 size = 0;     ///< bytes of the ring
    QUuid session;
    quint64 generation = 1;
    quint64 process = 0;
    quint64 started = 0; ///< clock ticks since the system's start; 0: unknown
    qint64 created = 0;  ///< nanoseconds since 1970
    bool wakes = false;  ///< the writer wakes readers

    [[nodiscard]] qint64 entryAt(quint64 slot) const { return table + static_cast<qint64>(slot) * entry; }
    [[nodiscard]] qint64 pixelsAt(quint64 slot) const { return data + static_cast<qint64>(slot) * pitch; }
    /// Returns the slot of a session's frame n, counted from 1.
    [[nodiscard]] quint64 slotOf(quint64 n) const { return (n - 1) % slots; }

    friend bool operator==(const RingHeader&, const RingHeader&) = default;
};

/// Returns the header of a ring for that many slots of that many bytes, with defaults for the rest. Takes
/// only checked values.
[[nodiscard]] RingHeader ringFor(quint32 slots, qint64 capacity);

/// Whether the bytes begin like a ring of any version or byte order. If so, parseRingHeader() tells what is
/// wrong with it.
[[nodiscard]] bool looksLikeRing(std::span<const std::byte> start);

/// Judges a private copy of the constant part, for a segment of that many bytes. Fails with BadData: no ring,
/// another byte order, a newer version, a damaged header, or a ring that is longer than its segment.
[[nodiscard]] Result<RingHeader> parseRingHeader(std::span<const std::byte, ringConstantBytes> bytes,
                                                 qint64 segmentBytes);

[[nodiscard]] std::array<std::byte, ringConstantBytes> ringHeaderBytesOf(const RingHeader& header);

/// A slot's entry without the sequence.
struct SlotEntry
{
    quint64 number = 0; ///< the source's number for the frame
    PixelLayout layout; ///< the offset counts from the slot's first byte
    qint64 bytes = 0;   ///< the slot's bytes that belong to the frame
    std::optional<quint32> checksum;
    qint64 captured = 0;  ///< monotonic nanoseconds; 0: unknown
    qint64 published = 0; ///< monotonic nanoseconds; 0: unknown
    QByteArray metadata;  ///< UTF-8, one line for people; not checked

    friend bool operator==(const SlotEntry&, const SlotEntry&) = default;
};

/// Judges a private copy of an entry's first slotEntryBytes, for slots of that many bytes. Fails with
/// BadData.
[[nodiscard]] Result<SlotEntry> parseSlotEntry(std::span<const std::byte, slotEntryBytes> bytes,
                                               qint64 capacity);

/// Returns the bytes after the sequence, from offset 8 on. Metadata that is too long is truncated at the end
/// of a character.
[[nodiscard]] std::array<std::byte, slotEntryBytes - 8> slotEntryBytesOf(const SlotEntry& entry);

} // namespace shmpix
