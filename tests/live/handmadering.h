#pragma once

#include "tests/live/ringplace.h"

#include <QByteArray>
#include <QtEndian>

namespace shmpix::test {

/// A frame as described by the table of entries in FORMAT.md.
struct HandmadeFrame
{
    quint64 n = 1;
    quint64 number = 1;
    quint32 width = 4;
    quint32 height = 2;
    qint64 stride = 0;
    quint64 offset = 0;
    quint64 bytes = 8;
    QByteArray format = "gray8";
    quint32 flags = 0;
    quint32 checksum = 0;
    quint64 captured = 0;
    quint64 published = 0;
    QByteArray text;
};

struct HandmadePlaces
{
    quint16 minor = 0;
    quint32 table = 256;
    quint32 entry = 512;
    quint32 slots = 3;
    quint64 capacity = 64;
};

/// A ring packed by hand from the tables and offsets in FORMAT.md, without the library's code. The library is
/// tested against it.
class HandmadeRing
{
public:
    /// An open ring without frames. All bytes of the session are `session`.
    explicit HandmadeRing(const HandmadePlaces& places = {}, char session = 7);

    [[nodiscard]] std::span<std::byte> span() const { return m_bytes->span(); }
    [[nodiscard]] const std::shared_ptr<RingBytes>& shared() const { return m_bytes; }

    template <class Number>
    void put(std::size_t at, Number value)
    {
        qToLittleEndian(value, span().subspan(at).data());
    }
    template <class Number>
    [[nodiscard]] Number get(std::size_t at) const
    {
        return qFromLittleEndian<Number>(span().subspan(at).data());
    }
    void putBytes(std::size_t at, const QByteArray& bytes);

    /// Updates the header's checksum.
    void sign();

    [[nodiscard]] std::size_t entryOf(quint64 n) const;
    [[nodiscard]] std::size_t pixelsOf(quint64 n) const;

    /// Writes the entry and the pixels, with all steps of FORMAT.md up to the last.
    void putFrame(const HandmadeFrame& frame);

private:
    HandmadePlaces m_places;
    quint64 m_data;
    quint64 m_pitch;
    std::shared_ptr<RingBytes> m_bytes;
};

/// The 504 bytes of the entry from byte 8 on.
[[nodiscard]] QByteArray entryBytes(const HandmadeFrame& frame);

/// The pixels of a frame in a HandmadeRing.
[[nodiscard]] QByteArray handmadePixels(const HandmadeFrame& frame);

} // namespace shmpix::test
