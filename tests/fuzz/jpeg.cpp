#include "common/base/memorysource.h"
#include "common/protocol/jpeg/jpegfile.h"
#include "tests/fuzz/oracle.h"
#include "tests/support/codecbytes.h"

#include <QBuffer>
#include <QImageReader>

#include <optional>

namespace shmpix::fuzz {

namespace {

/// Returns the position of the next marker after entropy-coded data, except restart markers.
qsizetype endOfScan(const QByteArray& bytes, qsizetype i)
{
    for (; i < bytes.size(); ++i) {
        qsizetype behind = i;
        while (behind < bytes.size() && uchar(bytes[behind]) == 0xff) {
            ++behind;
        }
        const int marker = behind < bytes.size() ? uchar(bytes[behind]) : 0xff;
        if (behind > i && marker != 0 && (marker < 0xd0 || marker > 0xd7)) {
            return i;
        }
        i = std::max(i, behind - 1);
    }
    return i;
}

/// Finds the end of the file according to ITU-T T.81, annex B, with all bytes in memory.
std::optional<qsizetype> endOf(const QByteArray& bytes)
{
    const auto at = [&bytes](qsizetype i) { return i < bytes.size() ? int(uchar(bytes[i])) : -1; };
    qsizetype i = 0;
    for (;;) {
        if (at(i) != 0xff) {
            return std::nullopt;
        }
        while (at(i) == 0xff) {
            ++i;
        }
        const int marker = at(i++);
        if (marker == 0xd9) {
            return i;
        }
        if (marker == 0xd8 || marker == 0x01) {
            continue;
        }
        const int length = at(i) < 0 || at(i + 1) < 0 ? 0 : at(i) << 8 | at(i + 1);
        if (marker < 0 || length < 2) {
            return std::nullopt;
        }
        i += length;
        if (marker == 0xda) {
            i = endOfScan(bytes, i);
        }
    }
}

QSize claimedSize(QByteArray bytes)
{
    QBuffer buffer(&bytes);
    return QImageReader(&buffer, "jpeg").size();
}

} // namespace

/// Compares the walk over the markers with one that has all bytes in memory, then tests the codec.
void fuzzJpeg(Input input)
{
    const QByteArray bytes = bytesOf(input);
    MemorySource source(input);
    const auto file = copyJpegFile(source);
    const auto end = endOf(bytes);
    if (file) {
        require(end && *end == file->size(), "another end than the markers say");
        require(bytes.startsWith(*file), "other bytes than the segment's");
    }
    const QSize size = claimedSize(bytes);
    if (size.isValid() && !isQuick(size.width(), size.height())) {
        return;
    }
    const auto decoded = test::decoded(ProtocolId::Jpeg, bytes);
    requireSound(decoded, bytes.size());
    require(!decoded || (file && decoded->bytes == file->size()), "a picture without an end");
}

} // namespace shmpix::fuzz
