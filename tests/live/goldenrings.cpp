#include "tests/live/goldenrings.h"

#include "common/base/checksums.h"
#include "tests/live/readstream.h"
#include "tests/support/framepattern.h"

#include <cstring>
#include <limits>

namespace shmpix::test {

namespace {

FrameWriterOptions optionsOf(char session, bool wakes, bool checksums)
{
    FrameWriterOptions options;
    options.slots = 3;
    options.wakes = wakes;
    options.checksums = checksums;
    options.session = QUuid::fromRfc4122(QByteArray(16, session));
    options.process = 4711;
    options.processStarted = 4712;
    return options;
}

GoldenRing::Frame frame(const char* layout, quint64 number, const char* text = "", qint64 captured = 0)
{
    return {QString::fromLatin1(layout), {number, captured, text}};
}

std::shared_ptr<RingBytes> sharedCopy(const QByteArray& bytes)
{
    auto copy = std::make_shared<RingBytes>(bytes.size());
    std::memcpy(copy->span().data(), bytes.constData(), std::size_t(bytes.size()));
    return copy;
}

QByteArray lineOf(const FrameInfo& frame, const std::vector<std::byte>& bytes)
{
    return QByteArray::number(frame.serial) + ' ' + QByteArray::number(frame.entry.number) + ' ' +
           QByteArray::number(frame.entry.captured) + ' ' + QByteArray::number(crc32(0, bytes), 16) + ' ' +
           layoutText(frame.entry.layout).toLatin1() + ' ' + frame.entry.metadata + '\n';
}

} // namespace

std::vector<GoldenRing> goldenRings()
{
    const quint64 last = std::numeric_limits<quint64>::max();
    return {
        {QStringLiteral("open"),
         optionsOf(1, true, false),
         {frame("64x48:gray8", 1), frame("64x48:gray8", 2), frame("64x48:gray8", 3), frame("20x10:rgba8", 4),
          frame("1x1:bgr8", 5, "one pixel")},
         false},
        {QStringLiteral("closed"),
         optionsOf(2, true, false),
         {frame("32x40:rgb8", 1), frame("31x40:bgr8", 2)},
         true},
        {QStringLiteral("features"),
         optionsOf(3, false, true),
         {frame("30x20:bgr8,stride=-96,offset=1830,bottom-up", last, "Bild „7“.png", 123456789),
          frame("16x11:nv12,stride=20,offset=3", 0, "漢字", 1),
          frame("20x15:gray16,stride=44,offset=6", 7, "16 bit", std::numeric_limits<qint64>::max())},
         false},
        {QStringLiteral("moved"),
         optionsOf(4, true, true),
         {frame("8x8:gray8", 1), frame("8x8:gray8", 2, "carried over"), frame("70x60:gray8", 3)},
         false},
    };
}

QByteArray written(const GoldenRing& golden)
{
    RingPlace place;
    FrameWriter writer(place.writer(), golden.options);
    for (const GoldenRing::Frame& frame : golden.frames) {
        const auto room = writer.begin(*parseLayout(frame.layout));
        if (!room) {
            return room.error().text.toUtf8();
        }
        fillFrame(*room, *frame.note.number);
        writer.publish(frame.note);
    }
    const auto ring = place.current();
    if (golden.isClosed) {
        writer.close();
    }
    // Unused bytes have whatever the memory held before: here, as in a new segment, zeros.
    QByteArray bytes(reinterpret_cast<const char*>(ring->span().data()), qsizetype(ring->span().size()));
    const auto header = parseRingHeader(ring->span().first<ringConstantBytes>(), bytes.size());
    for (quint64 slot = 0; header && slot < header->slots; ++slot) {
        const char* const entry = bytes.constData() + header->entryAt(slot);
        const auto used = qsizetype(qFromLittleEndian<quint64>(entry + 40));
        bytes.replace(header->pixelsAt(slot) + used, header->pitch - used,
                      QByteArray(header->pitch - used, '\0'));
    }
    return bytes;
}

QByteArray ringOfALaterMinorVersion()
{
    HandmadeRing ring({9, 384, 768, 4, 200}, 5);
    ring.putBytes(256, QByteArray(128, '\x11')); // new fields after the header
    ring.put<quint32>(104, 0xfffffffe);
    ring.putBytes(108, QByteArray(16, '\x22'));
    ring.sign();
    ring.putBytes(152, QByteArray(104, '\x33'));
    for (quint64 n = 1; n <= 6; ++n) {
        HandmadeFrame made;
        made.n = n;
        made.number = n + 100;
        made.width = 7;
        made.height = 9;
        made.format = "rgb8";
        made.bytes = 189;
        made.flags = 0xfffffffe;
        made.text = "later";
        const QByteArray pixels = handmadePixels(made);
        made.checksum = crc32(0, std::as_bytes(std::span(pixels.constData(), std::size_t(pixels.size()))));
        ring.putFrame(made);
        ring.put<quint32>(ring.entryOf(n) + 92, 0x44444444);
        ring.putBytes(ring.entryOf(n) + 512, QByteArray(256, '\x55')); // new fields after the entry
    }
    const auto all = ring.span();
    return QByteArray(reinterpret_cast<const char*>(all.data()), qsizetype(all.size()));
}

QByteArray frameLines(const QByteArray& ring)
{
    const auto newest = qFromLittleEndian<quint64>(ring.constData() + 136);
    const auto slots = qFromLittleEndian<quint32>(ring.constData() + 20);
    QByteArray lines;
    for (quint64 n = newest < slots ? 1 : newest - slots + 1; n <= newest; ++n) {
        const auto copy = sharedCopy(ring);
        qToLittleEndian(n, copy->span().subspan(136).data()); // makes frame n the newest again
        ReadStream stream;
        stream.place.put(copy);
        const auto read = stream.next();
        if (read) {
            lines += lineOf(*read, stream.bytes);
        } else if (stream.error) {
            lines += stream.error->text.toUtf8() + '\n';
        } else if (!stream.reader.ring()) {
            lines += stream.reader.reason().text.toUtf8() + '\n';
        } // otherwise it is no longer in the ring, or was not taken along
    }
    return lines;
}

QByteArray withoutTimes(QByteArray ring)
{
    const auto clear = [&ring](qsizetype at, qsizetype count) {
        ring.replace(at, count, QByteArray(count, '\0'));
    };
    clear(96, 8);
    clear(124, 4);
    clear(144, 8);
    const auto table = qFromLittleEndian<quint32>(ring.constData() + 12);
    const auto entry = qFromLittleEndian<quint32>(ring.constData() + 16);
    const auto slots = qFromLittleEndian<quint32>(ring.constData() + 20);
    for (quint32 slot = 0; slot < slots; ++slot) {
        clear(table + entry * slot + 80, 8);
    }
    return ring;
}

} // namespace shmpix::test
