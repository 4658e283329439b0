#include "tests/live/handmadering.h"

#include "common/base/checksums.h"

#include <algorithm>
#include <cstring>

namespace shmpix::test {

namespace {

quint64 roundedUp(quint64 bytes)
{
    return (bytes + 63) / 64 * 64;
}

} // namespace

HandmadeRing::HandmadeRing(const HandmadePlaces& places, char session)
    : m_places(places)
    , m_data(roundedUp(places.table + quint64(places.entry) * places.slots))
    , m_pitch(roundedUp(places.capacity))
    , m_bytes(std::make_shared<RingBytes>(qint64(m_data + m_pitch * places.slots)))
{
    std::fill_n(span().begin(), m_data, std::byte{0});
    putBytes(0, "ShmpLive");
    put<quint16>(8, 1);
    put<quint16>(10, places.minor);
    put<quint32>(12, places.table);
    put<quint32>(16, places.entry);
    put<quint32>(20, places.slots);
    put<quint64>(24, places.capacity);
    put<quint64>(32, m_data);
    put<quint64>(40, m_pitch);
    put<quint64>(48, span().size());
    putBytes(56, QByteArray(16, session));
    put<quint64>(72, 1);
    put<quint64>(80, 4711);
    put<quint64>(88, 4712);
    put<quint64>(96, 4713);
    put<quint32>(104, 0);
    sign();
    put<quint32>(128, 1);
}

void HandmadeRing::putBytes(std::size_t at, const QByteArray& bytes)
{
    std::memcpy(span().subspan(at, std::size_t(bytes.size())).data(), bytes.constData(),
                std::size_t(bytes.size()));
}

void HandmadeRing::sign()
{
    put<quint32>(124, crc32(0, span().first(124)));
}

std::size_t HandmadeRing::entryOf(quint64 n) const
{
    return m_places.table + (n - 1) % m_places.slots * m_places.entry;
}

std::size_t HandmadeRing::pixelsOf(quint64 n) const
{
    return m_data + (n - 1) % m_places.slots * m_pitch;
}

void HandmadeRing::putFrame(const HandmadeFrame& frame)
{
    putBytes(pixelsOf(frame.n), handmadePixels(frame).left(qsizetype(m_pitch)));
    putBytes(entryOf(frame.n) + 8, entryBytes(frame));
    put<quint64>(entryOf(frame.n), 2 * frame.n);
    put<quint64>(136, frame.n);
    put<quint32>(132, get<quint32>(132) + 1);
}

QByteArray entryBytes(const HandmadeFrame& frame)
{
    QByteArray bytes(504, '\0');
    const auto put = [&bytes](qsizetype at, auto value) { qToLittleEndian(value, bytes.data() + at - 8); };
    put(8, frame.number);
    put(16, frame.width);
    put(20, frame.height);
    put(24, frame.stride);
    put(32, frame.offset);
    put(40, frame.bytes);
    bytes.replace(48 - 8, frame.format.size(), frame.format);
    put(64, frame.flags);
    put(68, frame.checksum);
    put(72, frame.captured);
    put(80, frame.published);
    put(88, quint32(frame.text.size()));
    const QByteArray text = frame.text.left(416);
    bytes.replace(96 - 8, text.size(), text);
    return bytes;
}

QByteArray handmadePixels(const HandmadeFrame& frame)
{
    QByteArray pixels(qsizetype(std::min<quint64>(frame.bytes, 1 << 20)), '\0');
    for (qsizetype i = 0; i < pixels.size(); ++i) {
        pixels[i] = char(frame.n * 31 + quint64(i));
    }
    return pixels;
}

} // namespace shmpix::test
