#include "common/live/ringformat.h"

#include "common/base/checksums.h"
#include "common/base/quantitytext.h"
#include "common/image/imagelimits.h"

#include <QCoreApplication>
#include <QtEndian>

#include <algorithm>
#include <bit>
#include <cstring>

namespace shmpix {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LiveRing)
};

constexpr std::array<char, 8> magic = {'S', 'h', 'm', 'p', 'L', 'i', 'v', 'e'};
constexpr qint64 pageBytes = 4096;
constexpr qint64 alignment = 64;
constexpr std::size_t checksumAt = 124;
constexpr std::size_t formatBytes = 16;
constexpr quint32 wakesFlag = 1;
constexpr quint32 bottomUpFlag = 1;
constexpr quint32 checksumFlag = 2;

/// Takes little-endian fields out of a private copy, one after another.
class FieldReader
{
public:
    explicit FieldReader(std::span<const std::byte> bytes)
        : m_bytes(bytes)
    {
    }
    template <class Number>
    Number take()
    {
        const auto value = qFromLittleEndian<Number>(m_bytes.data());
        m_bytes = m_bytes.subspan(sizeof(Number));
        return value;
    }
    QByteArray takeBytes(std::size_t count)
    {
        QByteArray bytes(reinterpret_cast<const char*>(m_bytes.data()), qsizetype(count));
        m_bytes = m_bytes.subspan(count);
        return bytes;
    }

private:
    std::span<const std::byte> m_bytes;
};

class FieldWriter
{
public:
    explicit FieldWriter(std::span<std::byte> bytes)
        : m_bytes(bytes)
    {
    }
    template <class Number>
    void put(Number value)
    {
        qToLittleEndian(value, m_bytes.data());
        m_bytes = m_bytes.subspan(sizeof(Number));
    }
    /// Fills the rest of `room` with zeros.
    void putBytes(const QByteArray& bytes, std::size_t room)
    {
        std::fill_n(m_bytes.begin(), room, std::byte{0});
        std::memcpy(m_bytes.data(), bytes.constData(), std::min(room, std::size_t(bytes.size())));
        m_bytes = m_bytes.subspan(room);
    }

private:
    std::span<std::byte> m_bytes;
};

Error badRing(const QString& what)
{
    return {ErrorCode::BadData,
            Text::tr("The stream of live frames is damaged: %1. Restart its sender.").arg(what)};
}

/// Checks the places, which a peer has chosen. Nothing here may wrap.
Result<void> checkPlaces(const RingHeader& header, quint64 capacity, quint64 data, quint64 pitch,
                         quint64 size, qint64 segmentBytes)
{
    const auto fail = [](const QString& what) -> Result<void> { return badRing(what); };
    if (header.table < ringHeaderBytes || header.entry < slotEntryBytes || header.table % 8 != 0 ||
        header.entry % 8 != 0) {
        return fail(Text::tr("its slot table begins at byte %1 with %2 bytes per slot")
                        .arg(header.table)
                        .arg(header.entry));
    }
    if (header.slots < fewestSlots || header.slots > mostSlots) {
        return fail(Text::tr("it has %1 slots instead of %2 to %3")
                        .arg(header.slots)
                        .arg(fewestSlots)
                        .arg(mostSlots));
    }
    if (capacity < 1 || capacity > quint64(maximumImageBytes)) {
        return fail(
            Text::tr("a slot holds %1 bytes instead of 1 to %2").arg(capacity).arg(maximumImageBytes));
    }
    constexpr quint64 most = quint64{1}
                             << 48; // far above every meaningful sum of sizes, and far below wrapping
    const quint64 tableEnd = quint64(header.table) + quint64(header.entry) * header.slots;
    if (pitch < capacity || pitch > most || pitch % alignment != 0) {
        return fail(Text::tr("its slots of %1 bytes are %2 bytes apart").arg(capacity).arg(pitch));
    }
    if (data < tableEnd || data > most || data % alignment != 0) {
        return fail(Text::tr("its pixels begin at byte %1, but its slot table ends at byte %2")
                        .arg(data)
                        .arg(tableEnd));
    }
    if (data + pitch * header.slots != size) {
        return fail(Text::tr("it claims a size of %1 bytes, but its slots end at byte %2")
                        .arg(size)
                        .arg(data + pitch * header.slots));
    }
    if (size > quint64(segmentBytes)) {
        return fail(Text::tr("it has %1 bytes, but the segment only has %2").arg(size).arg(segmentBytes));
    }
    return {};
}

bool beginsWith(std::span<const std::byte> start, const std::array<char, 8>& word)
{
    return start.size() >= word.size() && std::memcmp(start.data(), word.data(), word.size()) == 0;
}

std::array<char, 8> swappedMagic()
{
    auto swapped = magic;
    std::reverse(swapped.begin(), swapped.end());
    return swapped;
}

/// Returns the name up to the first zero, made safe for a message: a peer has chosen it.
QString formatName(const QByteArray& field)
{
    const qsizetype end = field.indexOf('\0');
    QString name = QString::fromLatin1(end < 0 ? field : field.first(end));
    std::replace_if(
        name.begin(), name.end(), [](QChar letter) { return letter < u' ' || letter > u'~'; }, u'?');
    return name;
}

qint64 roundedUp(qint64 bytes, qint64 to)
{
    return (bytes + to - 1) / to * to;
}

} // namespace

RingHeader ringFor(quint32 slots, qint64 capacity)
{
    RingHeader header;
    header.slots = slots;
    header.capacity = capacity;
    header.data = roundedUp(header.table + header.entry * slots, pageBytes);
    header.pitch = roundedUp(capacity, pageBytes);
    header.size = header.data + header.pitch * slots;
    return header;
}

bool looksLikeRing(std::span<const std::byte> start)
{
    return beginsWith(start, magic) || beginsWith(start, swappedMagic());
}

Result<RingHeader> parseRingHeader(std::span<const std::byte, ringConstantBytes> bytes, qint64 segmentBytes)
{
    if (beginsWith(bytes, swappedMagic())) {
        return Error{ErrorCode::BadData, Text::tr("The live frames were written in big-endian byte order. "
                                                  "Change their sender to write little-endian numbers.")};
    }
    if (!beginsWith(bytes, magic)) {
        return Error{ErrorCode::BadData,
                     Text::tr("The segment does not hold Shmpix live frames. Choose another protocol.")};
    }
    FieldReader fields(bytes.subspan(magic.size()));
    const auto major = fields.take<quint16>();
    RingHeader header;
    header.minor = fields.take<quint16>();
    if (major != ringMajor) {
        return Error{ErrorCode::BadData,
                     (major > ringMajor
                          ? Text::tr("The live frames have the newer version %1.%2, and this program "
                                     "supports version %3. Install a newer version of Shmpix.")
                          : Text::tr("The live frames claim to have version %1.%2, and this program supports "
                                     "version %3. Restart their sender."))
                         .arg(major)
                         .arg(header.minor)
                         .arg(ringMajor)};
    }
    const auto checksum = qFromLittleEndian<quint32>(bytes.data() + checksumAt);
    if (const auto found = crc32(0, bytes.first(checksumAt)); found != checksum) {
        return badRing(Text::tr("the checksum of the header is %1 instead of %2")
                           .arg(found, 8, 16, QLatin1Char('0'))
                           .arg(checksum, 8, 16, QLatin1Char('0')));
    }
    header.table = fields.take<quint32>();
    header.entry = fields.take<quint32>();
    header.slots = fields.take<quint32>();
    const auto capacity = fields.take<quint64>();
    const auto data = fields.take<quint64>();
    const auto pitch = fields.take<quint64>();
    const auto size = fields.take<quint64>();
    if (auto checked = checkPlaces(header, capacity, data, pitch, size, segmentBytes); !checked) {
        return checked.error();
    }
    header.capacity = qint64(capacity);
    header.data = qint64(data);
    header.pitch = qint64(pitch);
    header.size = qint64(size);
    header.session = QUuid::fromRfc4122(fields.takeBytes(16));
    header.generation = fields.take<quint64>();
    header.process = fields.take<quint64>();
    header.started = fields.take<quint64>();
    header.created = fields.take<qint64>();
    header.wakes = (fields.take<quint32>() & wakesFlag) != 0;
    return header;
}

std::array<std::byte, ringConstantBytes> ringHeaderBytesOf(const RingHeader& header)
{
    std::array<std::byte, ringConstantBytes> bytes = {};
    FieldWriter fields(bytes);
    fields.putBytes(QByteArray(magic.data(), magic.size()), magic.size());
    fields.put(ringMajor);
    fields.put(header.minor);
    fields.put(quint32(header.table));
    fields.put(quint32(header.entry));
    fields.put(header.slots);
    fields.put(quint64(header.capacity));
    fields.put(quint64(header.data));
    fields.put(quint64(header.pitch));
    fields.put(quint64(header.size));
    fields.putBytes(header.session.toRfc4122(), 16);
    fields.put(header.generation);
    fields.put(header.process);
    fields.put(header.started);
    fields.put(header.created);
    fields.put(header.wakes ? wakesFlag : quint32{0});
    qToLittleEndian(crc32(0, std::span(bytes).first(checksumAt)), bytes.data() + checksumAt);
    return bytes;
}

Result<SlotEntry> parseSlotEntry(std::span<const std::byte, slotEntryBytes> bytes, qint64 capacity)
{
    FieldReader fields(bytes.subspan(8)); // after the sequence
    SlotEntry entry;
    entry.number = fields.take<quint64>();
    entry.layout.width = fields.take<quint32>();
    entry.layout.height = fields.take<quint32>();
    entry.layout.stride = fields.take<qint64>();
    entry.layout.offset = fields.take<qint64>();
    entry.bytes = fields.take<qint64>();
    const QByteArray format = fields.takeBytes(formatBytes);
    const auto flags = fields.take<quint32>();
    const auto checksum = fields.take<quint32>();
    entry.captured = fields.take<qint64>();
    entry.published = fields.take<qint64>();
    const auto text = fields.take<quint32>();
    static_cast<void>(fields.take<quint32>());
    if (entry.bytes < 1 || entry.bytes > capacity) {
        return badRing(
            Text::tr("a frame has %1 bytes, but a slot only holds %2").arg(entry.bytes).arg(capacity));
    }
    if (text > mostMetadataBytes) {
        return badRing(Text::tr("a frame has %1 bytes of text, but only %2 are allowed")
                           .arg(text)
                           .arg(mostMetadataBytes));
    }
    const QString name = formatName(format);
    auto known = parsePixelFormat(name);
    if (!known) {
        return badRing(Text::tr("a frame has the unknown pixel format “%1”").arg(name));
    }
    entry.layout.format = *known;
    entry.layout.bottomUp = (flags & bottomUpFlag) != 0;
    if (auto extent = checkedExtent(entry.layout, entry.bytes); !extent) {
        return extent.error();
    }
    if ((flags & checksumFlag) != 0) {
        entry.checksum = checksum;
    }
    entry.metadata = fields.takeBytes(text);
    return entry;
}

std::array<std::byte, slotEntryBytes - 8> slotEntryBytesOf(const SlotEntry& entry)
{
    std::array<std::byte, slotEntryBytes - 8> bytes = {};
    FieldWriter fields(bytes);
    fields.put(entry.number);
    fields.put(quint32(entry.layout.width));
    fields.put(quint32(entry.layout.height));
    fields.put(entry.layout.stride);
    fields.put(entry.layout.offset);
    fields.put(entry.bytes);
    fields.putBytes(pixelFormatName(entry.layout.format).toLatin1(), formatBytes);
    fields.put((entry.layout.bottomUp ? bottomUpFlag : 0) | (entry.checksum ? checksumFlag : 0));
    fields.put(entry.checksum.value_or(0));
    fields.put(entry.captured);
    fields.put(entry.published);
    QByteArray text = entry.metadata;
    if (text.size() > mostMetadataBytes) {
        qsizetype end = mostMetadataBytes;
        while (end > 0 && (quint8(text[end]) & 0xc0U) == 0x80U) { // inside a character
            --end;
        }
        text.truncate(end);
    }
    fields.put(quint32(text.size()));
    fields.put(quint32{0});
    fields.putBytes(text, mostMetadataBytes);
    return bytes;
}

} // namespace shmpix
