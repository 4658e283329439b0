#pragma once

#include <QByteArray>
#include <QtEndian>

#include <algorithm>

/// Makes PNG files with correct checksums around arbitrary data. The checksum is computed here independently,
/// bit by bit, so that the tested code does not check itself.
namespace shmpix::test {

inline quint32 bitwiseCrc(const QByteArray& bytes)
{
    quint32 crc = 0xffffffff;
    for (const char byte : bytes) {
        crc ^= static_cast<uchar>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

inline QByteArray bigEndian(quint32 value)
{
    QByteArray bytes(4, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
}

inline QByteArray pngChunk(const char* type, const QByteArray& data)
{
    const QByteArray typed = type + data;
    return bigEndian(static_cast<quint32>(data.size())) + typed + bigEndian(bitwiseCrc(typed));
}

/// Returns the beginning of a PNG file: the signature and the header.
inline QByteArray pngHeader(quint32 width, quint32 height, int depth, int colorType)
{
    return QByteArray("\x89PNG\r\n\x1a\n", 8) +
           pngChunk("IHDR", bigEndian(width) + bigEndian(height) + char(depth) + char(colorType) +
                                QByteArray(3, '\0'));
}

/// Corrects the checksum of stored data as far as its blocks can be followed.
inline void mendStoredData(QByteArray& bytes, qsizetype begin, qsizetype end)
{
    quint32 low = 1;
    quint32 high = 0;
    for (qsizetype at = begin + 2; at + 5 <= end;) {
        const bool isLast = bytes[at] == 1;
        const qsizetype next = at + 5 + qFromLittleEndian<quint16>(bytes.constData() + at + 1);
        for (at += 5; at < std::min(next, end); ++at) {
            low = (low + static_cast<uchar>(bytes[at])) % 65521;
            high = (high + low) % 65521;
        }
        if (isLast && next + 4 <= end) {
            qToBigEndian(high << 16 | low, bytes.data() + next);
            return;
        }
    }
}

/// Corrects the checksums of the chunks as far as the chunks can be followed.
inline void mendPngChecksums(QByteArray& bytes, qsizetype offset)
{
    for (qsizetype at = offset + 8; at + 12 <= bytes.size();) {
        const qsizetype length = qFromBigEndian<quint32>(bytes.constData() + at);
        if (length > bytes.size() - at - 12) {
            return;
        }
        if (bytes.mid(at + 4, 4) == "IDAT") {
            mendStoredData(bytes, at + 8, at + 8 + length);
        }
        qToBigEndian(bitwiseCrc(bytes.mid(at + 4, length + 4)), bytes.data() + at + 8 + length);
        at += 12 + length;
    }
}

} // namespace shmpix::test
