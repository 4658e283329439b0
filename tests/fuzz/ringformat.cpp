#include "common/live/ringformat.h"

#include "tests/fuzz/oracle.h"
#include "tests/protocol/pngforgery.h"
#include "tests/support/codecbytes.h"

#include <QtEndian>

namespace shmpix::fuzz {

namespace {

void checkHeader(const std::array<std::byte, ringConstantBytes>& bytes, qint64 segmentBytes)
{
    const auto header = parseRingHeader(bytes, segmentBytes);
    require(header || test::isBadData(header), "no sentence for a header that is refused");
    if (!header) {
        return;
    }
    require(looksLikeRing(bytes), "a ring that does not look like one");
    require(header->size <= segmentBytes, "a ring that is longer than its segment");
    for (quint64 slot = 0; slot < header->slots; ++slot) {
        require(isWithin(header->entryAt(slot), slotEntryBytes, header->data),
                "an entry outside of the table");
        require(isWithin(header->pixelsAt(slot), header->capacity, header->size),
                "pixels outside of the ring");
    }
    require(parseRingHeader(ringHeaderBytesOf(*header), segmentBytes).has_value() &&
                *parseRingHeader(ringHeaderBytesOf(*header), segmentBytes) == *header,
            "printed and parsed it is another header");
}

void checkEntry(const std::array<std::byte, slotEntryBytes>& bytes, qint64 capacity)
{
    const auto entry = parseSlotEntry(bytes, capacity);
    require(entry || !entry.error().text.isEmpty(), "no sentence for an entry that is refused");
    if (!entry) {
        return;
    }
    require(checkedExtent(entry->layout, entry->bytes).has_value() && entry->bytes <= capacity,
            "pixels outside of the slot");
    std::array<std::byte, slotEntryBytes> printed = {};
    std::ranges::copy(slotEntryBytesOf(*entry), printed.begin() + 8);
    const auto again = parseSlotEntry(printed, capacity);
    require(again.has_value() && *again == *entry, "printed and parsed it is another entry");
}

} // namespace

/// A header of 128 bytes, an entry of 512 bytes, and the lengths of the segment and the slots. Tests them
/// unchanged and with a corrected header checksum.
void fuzzRingformat(Input input)
{
    std::array<std::byte, ringConstantBytes> header = {};
    std::array<std::byte, slotEntryBytes> entry = {};
    const auto fill = [&input](auto& array) {
        const std::size_t count = std::min(array.size(), input.size());
        std::copy_n(input.begin(), count, array.begin());
        input = input.subspan(count);
    };
    fill(header);
    fill(entry);
    const auto segmentBytes = qint64(take<quint64>(input) >> 1);
    const auto capacity = qint64(take<quint64>(input) >> 1);
    checkHeader(header, segmentBytes);
    qToLittleEndian(test::bitwiseCrc(bytesOf(std::span(header).first(124))), header.data() + 124);
    checkHeader(header, segmentBytes);
    checkEntry(entry, capacity);
}

} // namespace shmpix::fuzz
